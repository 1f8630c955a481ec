"""Bringing the record to what is on the shelf, with a reason and above a limit with a second person."""

from django.db import transaction

from accounts.models import User
from core import clock
from core.numbering import next_number
from core.preferences import preference
from pharmacy.errors import AdjustmentOwn, QuantityNotPossible, ReasonMissing
from pharmacy.models import Batch, Location, StockAdjustment
from pharmacy.services.stock import Move, move_stock
from pharmacy.states import ADJUSTMENT_FLOW, MovementKind

SOURCE = "pharmacy.adjustment"
MOST = 1_000_000


@transaction.atomic
def adjust_stock(
    *, location: Location, batch: Batch, quantity: int, reason: str, note: str, by: User
) -> StockAdjustment:
    """Add or (negative) take away units. Up to the hospital's limit at once, above it after another person's approval.

    Raises StockShort, QuantityNotPossible, ReasonMissing.
    """
    if not quantity or abs(quantity) > MOST:
        raise QuantityNotPossible(most=MOST)
    if not note.strip():
        raise ReasonMissing(field="note")
    needs_approval = abs(quantity) > preference("pharmacy.adjustment_approval_above")
    adjustment = StockAdjustment.objects.create(
        number=next_number("pharmacy.adjustment"),
        location=location,
        batch=batch,
        quantity=quantity,
        reason=reason,
        note=note.strip(),
        needs_approval=needs_approval,
        requested_by=by,
    )
    if not needs_approval:
        _apply(adjustment, by)
    return adjustment


@transaction.atomic
def approve_adjustment(*, adjustment: StockAdjustment, by: User) -> StockAdjustment:
    """Apply what another person asked for. Raises AdjustmentOwn, StockShort, MoveNotAllowed."""
    adjustment = _locked(adjustment)
    _require_another(adjustment, by)
    _apply(adjustment, by)
    return adjustment


@transaction.atomic
def refuse_adjustment(*, adjustment: StockAdjustment, reason: str, by: User) -> StockAdjustment:
    if not reason.strip():
        raise ReasonMissing()
    adjustment = _locked(adjustment)
    _require_another(adjustment, by)
    _move(adjustment, "refuse", by, refusal=reason.strip())
    return adjustment


def _locked(adjustment: StockAdjustment) -> StockAdjustment:
    rows = StockAdjustment.objects.select_for_update(of=("self",)).select_related("batch", "location")
    return rows.get(pk=adjustment.pk)


def _require_another(adjustment: StockAdjustment, by: User) -> None:
    if adjustment.requested_by_id == by.pk:
        raise AdjustmentOwn()


def _apply(adjustment: StockAdjustment, by: User) -> None:
    _move(adjustment, "apply", by)
    move = Move(adjustment.batch, adjustment.location, adjustment.quantity, source_id=adjustment.pk)
    move_stock([move], kind=MovementKind.ADJUSTMENT, source_kind=SOURCE, by=by)


def _move(adjustment: StockAdjustment, verb: str, by: User, *, refusal: str = "") -> None:
    adjustment.status = ADJUSTMENT_FLOW.check(verb, adjustment.status)
    adjustment.decided_by, adjustment.decided_at, adjustment.refusal = by, clock.now(), refusal
    adjustment.touch_version()
    adjustment.save(update_fields=["status", "decided_by", "decided_at", "refusal", "version", "updated_at"])
