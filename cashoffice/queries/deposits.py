"""Reading deposits, and which accepted shifts wait to be taken to the bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from billing.models import Posting, Shift
from billing.states import ShiftStatus
from cashoffice.models import Deposit, DepositShift
from cashoffice.states import DepositStatus
from core.money import KHR, USD, Money

LOOKED_AT, OFFERED = 500, 60  # the oldest shifts that are not banked; a bundle is taken from some of them


def visible_deposits(user: Any) -> QuerySet[Deposit]:
    """All deposits, newest first: whoever sees deposits sees all of them."""
    return Deposit.objects.select_related("branch", "prepared_by", "handed_by", "banked_by").order_by("-id")


def deposits_waiting(user: Any) -> int:
    """How many deposits are not banked yet: for the menu."""
    return Deposit.objects.filter(status__in=[DepositStatus.PREPARED, DepositStatus.HANDED_OVER]).count()


@dataclass(frozen=True)
class Brought:
    """An accepted shift and what it brought to the safe, floats taken off."""

    shift: Shift
    usd: Decimal
    khr: Decimal

    @property
    def moneys(self) -> list[Money]:
        return [Money(amount, currency) for currency, amount in ((USD, self.usd), (KHR, self.khr)) if amount]


def shifts_to_bank(branch: Any) -> list[Brought]:
    """Accepted shifts of a branch whose takings are in no deposit yet and that brought something, the oldest first."""
    taken = DepositShift.objects.filter(shift=OuterRef("pk"), is_live=True)
    shifts = Shift.objects.filter(~Exists(taken), branch=branch, status=ShiftStatus.RECONCILED)
    shifts = shifts.select_related("cashier", "drawer").order_by("id")
    oldest = list(shifts[:LOOKED_AT])
    sums = brought_to_safe([shift.pk for shift in oldest])
    rows = [Brought(shift, *sums.get(shift.pk, (Decimal(0), Decimal(0)))) for shift in oldest]
    return [row for row in rows if row.usd > 0 or row.khr > 0][:OFFERED]


def brought_to_safe(shifts: Iterable[UUID]) -> dict[UUID, tuple[Decimal, Decimal]]:
    """What shifts brought to the safe in dollars and riel by the ledger: counts and drops, less float and change."""
    rows = Posting.objects.filter(entry__shift__in=list(shifts), account__key="safe").order_by()
    found: dict[UUID, dict[str, Decimal]] = {}
    for row in rows.values("entry__shift", "currency").annotate(sum=Sum("amount")):
        found.setdefault(row["entry__shift"], {})[row["currency"]] = row["sum"]
    return {pk: (sums.get(USD, Decimal(0)), sums.get(KHR, Decimal(0))) for pk, sums in found.items()}
