"""Who pays, as a condition of a price list: a kind of payer as visits name it, or one payer of the insurance room."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insurance.models import Payer as Insurer
from insurance.queries import coverage_of_visit, payers
from patients.states import Payer

ONE = "insurer:"  # before the code of one payer

Choice = tuple[str, str | Promise]


def key_of(insurer: Insurer) -> str:
    """How a price list names this payer."""
    return f"{ONE}{insurer.code}"


def insurer_of(visit: Any) -> str:
    """The payer whose coverage a visit is billed to, as a price list names it; empty without a coverage."""
    row = coverage_of_visit(visit.pk)
    return key_of(row.coverage.contract.payer) if row else ""


def kind_of(key: str) -> str:
    """The kind of payer a visit has whose coverage is of this payer."""
    if not key.startswith(ONE):
        return key
    found = Insurer.objects.filter(code=key.removeprefix(ONE)).first()
    return found.visit_payer if found else str(Payer.SELF)


def payer_choices(chosen: str = "") -> list[tuple[str | Promise, list[Choice]]]:
    """Kinds of payers, and each payer that is switched on, or was chosen before."""
    own: list[Choice] = [(key_of(one), one.name) for one in payers() if one.active or key_of(one) == chosen]
    kinds = (_("Kind of payer"), list[Choice](Payer.choices))
    return [kinds, (_("One payer"), own)] if own else [kinds]


def payer_in_words(key: str) -> str:
    """What a price list's payer is called."""
    if key.startswith(ONE):
        found = Insurer.objects.filter(code=key.removeprefix(ONE)).first()
        return str(found) if found else key.removeprefix(ONE)
    return str(Payer(key).label) if key in Payer.values else key
