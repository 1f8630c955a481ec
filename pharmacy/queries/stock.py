"""Reads of the stock: what is where, what may be used, what runs low, what expires soon."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Branch, User
from accounts.queries import branches_of
from core.clock import today
from core.preferences import preference
from pharmacy.models import (
    Batch,
    BatchBalance,
    GoodsReceipt,
    Location,
    Medicine,
    PrescriptionItem,
    StockAdjustment,
    StockMovement,
)
from pharmacy.queries.formulary import find_medicines
from pharmacy.states import AdjustmentStatus, LocationKind


def visible_locations(user: User) -> QuerySet[Location]:
    """Stores and quarantines of the branches the user works in."""
    return Location.objects.filter(branch__in=branches_of(user), is_active=True).select_related("branch")


def visible_balances(user: User) -> QuerySet[BatchBalance]:
    rows = BatchBalance.objects.filter(location__branch__in=branches_of(user))
    return rows.select_related("batch__medicine", "location__branch")


def visible_batches(user: User) -> QuerySet[Batch]:
    """Batches are the hospital's; what a user sees of their stock is narrowed by location."""
    return Batch.objects.select_related("medicine")


def visible_receipts(user: User) -> QuerySet[GoodsReceipt]:
    return GoodsReceipt.objects.filter(location__branch__in=branches_of(user)).select_related("location", "by")


def visible_adjustments(user: User) -> QuerySet[StockAdjustment]:
    rows = StockAdjustment.objects.filter(location__branch__in=branches_of(user))
    return rows.select_related("batch__medicine", "location", "requested_by", "decided_by")


def store_of(branch: Branch) -> Location | None:
    return (
        Location.objects.filter(branch=branch, kind=LocationKind.STORE, is_active=True).order_by("created_at").first()
    )


def quarantine_of(branch: Branch) -> Location | None:
    return Location.objects.filter(branch=branch, kind=LocationKind.QUARANTINE).first()


# --- For allocation ---------------------------------------------------------------------------------------------------
def usable_balances(location: Location, medicines: Iterable[UUID]) -> QuerySet[BatchBalance]:
    """What may be reserved now, first to expire first: in a store, not expired, not promised to somebody else."""
    rows = BatchBalance.objects.filter(
        location=location,
        location__kind=LocationKind.STORE,
        batch__medicine__in=list(medicines),
        batch__expires_on__gte=today(),
        on_hand__gt=F("reserved"),
    )
    return rows.select_related("batch").order_by("batch__expires_on", "batch_id")


def course_end(item: PrescriptionItem) -> date:
    """The last day a patient who starts today takes the medicine."""
    return today() + timedelta(days=item.duration_days - 1)


def batches_by_medicine(location: Location, medicines: Iterable[UUID]) -> dict[UUID, list[BatchBalance]]:
    found: dict[UUID, list[BatchBalance]] = {}
    for balance in usable_balances(location, medicines):
        found.setdefault(balance.batch.medicine_id, []).append(balance)
    return found


def available_units(branch: Branch, medicines: Iterable[UUID]) -> dict[UUID, int]:
    """Units that could be handed over in a branch today, by medicine: shown while prescribing."""
    rows = BatchBalance.objects.filter(
        location__branch=branch,
        location__kind=LocationKind.STORE,
        batch__medicine__in=list(medicines),
        batch__expires_on__gte=today(),
    )
    sums = rows.values("batch__medicine").annotate(free=Sum(F("on_hand") - F("reserved")))
    return {row["batch__medicine"]: row["free"] for row in sums}


# --- Lists ------------------------------------------------------------------------------------------------------------
def stock_list(user: User, *, location: Location | None, show: str = "", text: str = "") -> QuerySet[BatchBalance]:
    """Balances with stock. `show`: "expired", "expiring" (within the preference's days) or "" for all."""
    rows = visible_balances(user).filter(on_hand__gt=0)
    if location:
        rows = rows.filter(location=location)
    if show == "expired":
        rows = rows.filter(batch__expires_on__lt=today())
    elif show == "expiring":
        rows = rows.filter(batch__expires_on__gte=today(), batch__expires_on__lte=expiring_until())
    if text.strip():
        medicines = find_medicines(text.strip(), Medicine.objects.all()).order_by().values("pk")
        rows = rows.filter(Q(batch__medicine__in=medicines) | Q(batch__lot_number__istartswith=text.strip()))
    if show in ("expired", "expiring"):
        return rows.order_by("batch__expires_on", "batch_id")
    return rows.order_by("batch__medicine__inn", "batch__medicine_id", "batch__expires_on", "batch_id")


def expiring_until() -> date:
    return today() + timedelta(days=preference("pharmacy.expiring_days"))


def low_stock(branch: Branch, text: str = "") -> QuerySet[Medicine]:
    """Medicines whose usable stock in the branch's stores is at or below their reorder level."""
    usable = Q(
        batches__balances__location__branch=branch,
        batches__balances__location__kind=LocationKind.STORE,
        batches__expires_on__gte=today(),
    )
    rows = find_medicines(text.strip()).filter(reorder_level__gt=0)
    rows = rows.annotate(usable=Coalesce(Sum("batches__balances__on_hand", filter=usable), 0))
    return rows.filter(usable__lte=F("reorder_level")).order_by("usable", "inn", "code")


def ledger_of(batch: Batch, user: User) -> QuerySet[StockMovement]:
    """Ledger lines of a batch where the user works, newest first."""
    rows = batch.movements.filter(location__branch__in=branches_of(user))
    return rows.select_related("location", "by").order_by("-created_at", "-id")


def balances_of(batch: Batch, user: User) -> list[BatchBalance]:
    return list(visible_balances(user).filter(batch=batch).order_by("location_id"))


def adjustment_list(user: User, *, show: str = "") -> QuerySet[StockAdjustment]:
    rows = visible_adjustments(user)
    return rows.filter(status=AdjustmentStatus.REQUESTED) if show == "waiting" else rows


def adjustments_waiting(user: User) -> int:
    return visible_adjustments(user).filter(status=AdjustmentStatus.REQUESTED).count()


def stock_figures(branch: Branch) -> dict[str, Any]:
    """Batches expired and expiring soon in a branch's stores: for the list's heads and for dashboards."""
    rows = BatchBalance.objects.filter(location__branch=branch, location__kind=LocationKind.STORE, on_hand__gt=0)
    expired = rows.filter(batch__expires_on__lt=today()).count()
    expiring = rows.filter(batch__expires_on__gte=today(), batch__expires_on__lte=expiring_until()).count()
    return {"expired": expired, "expiring": expiring, "low": low_stock(branch).count()}
