"""Taking hold of shifts: the row of a shift is locked before any paper about its cash."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from billing.models import Shift
from billing.queries.ledger import in_drawer
from billing.states import ShiftStatus
from cashoffice.errors import AmountMissing, NotInDrawer, NotNotes, ShiftEnded
from core.money import KHR, USD

SMALLEST_RIEL = 100


def lock_open_shifts(ids: Iterable[UUID]) -> dict[UUID, Shift]:
    """Lock shifts in the order of their ids, so that two transfers never wait for each other. Raises ShiftEnded."""
    locked = Shift.objects.select_for_update(of=("self",), no_key=True).select_related("branch")
    shifts = {shift.pk: shift for shift in locked.filter(pk__in=set(ids)).order_by("pk")}
    if any(shift.status != ShiftStatus.OPEN for shift in shifts.values()):
        raise ShiftEnded()
    return shifts


def check_notes(*, usd: Decimal, khr: Decimal) -> None:
    """Raises AmountMissing, NotNotes."""
    if usd <= 0 and khr <= 0:
        raise AmountMissing()
    if usd < 0 or khr < 0 or usd % 1 or khr % SMALLEST_RIEL:
        raise NotNotes()


def check_drawer(shift: Shift, leaving: Mapping[str, Decimal]) -> None:
    """Never more out than lies in the drawer. Raises NotInDrawer beside the currency that is short."""
    lying = in_drawer(shift)
    for currency in (USD, KHR):
        if leaving.get(currency, Decimal(0)) > lying[currency]:
            raise NotInDrawer(field=currency.value.lower())
