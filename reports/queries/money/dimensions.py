"""By what the postings of a report can be grouped: a path from the posting, and how its values are called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, UUIDField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Branch, Department, User
from billing.models import Account, Concession, ConcessionKind, DiscountSource, EntryKind, Method
from billing.queries.ledger import RECEIVED_IN
from billing.states import DecisionStatus
from insurance.models import Payer as Insurer
from patients.states import Payer

Names = Callable[[Iterable[Any]], dict[Any, str]]


@dataclass(frozen=True)
class Dimension:
    """`path` leads from a posting to a value; `names` gives words for values. A value that is None has no such.

    Where the value is worked out, `value` says how and `path` is what it is called.
    """

    key: str
    label: str | Promise
    path: str
    names: Names
    value: Combinable | None = None

    def words(self, values: Iterable[Any]) -> dict[Any, str]:
        """Each value in the reader's language."""
        known = self.names({value for value in values if value is not None})
        return {value: known.get(value) or (_("None") if value in (None, "") else str(value)) for value in values}


def _rows_of(model: Any) -> Names:
    return lambda values: {pk: str(row) for pk, row in model.objects.in_bulk(values).items()}


def _words_of(*kinds: Any) -> Names:
    labels = {str(value): label for choices in kinds for value, label in choices.choices}
    return lambda values: {value: str(labels.get(str(value), value)) for value in values}


def _methods(values: Iterable[Any]) -> dict[Any, str]:
    methods = dict(Method.choices)
    return {value: str(methods.get(RECEIVED_IN.get(value, value), value)) for value in values}


def _days(values: Iterable[Any]) -> dict[Any, str]:
    return {day: f"{day:%Y-%m-%d}" for day in values}


DAY = Dimension(
    "day", pgettext_lazy("period", "Day"), "date", lambda values: {one: f"{one:%Y-%m-%d}" for one in values}
)
ACCOUNT = Dimension("account", gettext_lazy("Account"), "account", _rows_of(Account))
METHOD = Dimension("method", gettext_lazy("Method"), "account__key", _methods)
STAFF = Dimension("staff", gettext_lazy("Posted by"), "entry__posted_by", _rows_of(User))
CASHIER = Dimension("cashier", gettext_lazy("Cashier"), "shift__cashier", _rows_of(User))
BRANCH = Dimension("branch", gettext_lazy("Branch"), "branch", _rows_of(Branch))
EVENT = Dimension("event", gettext_lazy("Event"), "entry__kind", _words_of(EntryKind))
DEPARTMENT = Dimension(
    "department", gettext_lazy("Department"), "entry__invoice__visit__department", _rows_of(Department)
)
DOCTOR = Dimension("doctor", gettext_lazy("Doctor"), "performer", _rows_of(User))
PAYER = Dimension("payer", gettext_lazy("Payer"), "entry__invoice__payer", _words_of(Payer))
INSURER = Dimension("insurer", gettext_lazy("Payer"), "entry__invoice__payer_share__payer", _rows_of(Insurer))

# What a fund paid is no discount of the invoice's: whoever let the fund pay granted it.
OF_A_FUND = Q(account__key__startswith="fund.")
_APPROVED = Concession.objects.filter(
    invoice=OuterRef("entry__invoice"), fund__account=OuterRef("account"), status=DecisionStatus.APPROVED
).order_by("-id")

DISCOUNT = Dimension(
    "discount",
    gettext_lazy("Discount"),
    "reduction",
    _words_of(DiscountSource, ConcessionKind),
    Case(
        When(OF_A_FUND, then=Value(str(ConcessionKind.EXEMPTION))),
        default=F("entry__invoice__discount_source"),
        output_field=CharField(),
    ),
)
GRANTED_BY = Dimension(
    "granted",
    gettext_lazy("Granted by"),
    "granted_by",
    _rows_of(User),
    Case(
        When(OF_A_FUND, then=Subquery(_APPROVED.values("decided_by")[:1])),
        default=Coalesce("entry__invoice__discount_approved_by", "entry__invoice__discount_by"),
        output_field=UUIDField(),
    ),
)
