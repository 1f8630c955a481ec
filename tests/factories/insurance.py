"""Payers, contracts and cards of patients."""

import itertools
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.clock import today
from insurance.models import CaseRate, Contract, Coverage, Payer, VisitCoverage
from insurance.services.visits import cover_visit

_codes = itertools.count(1)


def payer(**fields: Any) -> Payer:
    code = fields.pop("code", f"INS{next(_codes)}")
    facts = {"kind": "insurer", "visit_payer": "insurance", "active": True, "name_en": f"Insurer {code}"}
    return Payer.objects.create(code=code, **{**facts, **fields})


def contract(**terms: Any) -> Contract:
    """A contract in dollars that pays everything unless terms say otherwise."""
    code = f"C{next(_codes)}"
    facts = {"currency": "USD", "valid_from": today().replace(month=1, day=1), "name_en": f"Contract {code}"}
    numbers = {name: Decimal(str(value)) for name, value in terms.items() if isinstance(value, int | str | float)}
    chosen = {**facts, **terms, **{name: numbers[name] for name in numbers if name not in ("payment", "currency")}}
    return Contract.objects.create(payer=chosen.pop("payer", None) or payer(), code=code, **chosen)


def coverage(patient: Any, terms: Contract | None = None, **fields: Any) -> Coverage:
    facts = {"member_number": "M-1", "valid_from": today().replace(month=1, day=1)}
    by = User.objects.get(username="receptionist")
    return Coverage.objects.create(patient=patient, contract=terms or contract(), added_by=by, **{**facts, **fields})


def cover(visit: Any, terms: Contract | None = None, *, card: Coverage | None = None, **fields: Any) -> VisitCoverage:
    """Bill a visit to a card of its patient."""
    by = User.objects.get(username="receptionist")
    return cover_visit(visit=visit, coverage=card or coverage(visit.patient, terms), by=by, **fields)


def scheme(code: str = "NSSF", case: str = "OPD") -> CaseRate:
    """A public scheme switched on, and one of its kinds of case."""
    Payer.objects.filter(code=code).update(active=True)
    return CaseRate.objects.select_related("contract__payer").get(contract__payer__code=code, code=case)
