"""The only place that moves stock. Balances are locked in the order of their primary keys, late, and never cached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.ids import new_id
from pharmacy.errors import StockShort
from pharmacy.models import Batch, BatchBalance, Location, StockMovement
from pharmacy.states import MovementKind


@dataclass(frozen=True)
class Move:
    """One change of one balance: `quantity` units on hand (a ledger line when not 0) and `reserved` units beside it."""

    batch: Batch
    location: Location
    quantity: int = 0
    reserved: int = 0
    source_id: UUID | None = None  # wanted for every ledger line


@transaction.atomic
def move_stock(moves: Sequence[Move], *, kind: MovementKind, source_kind: str, by: User | None) -> list[StockMovement]:
    """Apply every move or none, with one ledger line for each that changes what is on hand.

    Raises StockShort when a balance would go below zero or below what is reserved.
    """
    balances = _locked_balances(moves)
    lines = [_apply(balances[move.batch.pk, move.location.pk], move, kind, source_kind, by) for move in moves]
    ledger = StockMovement.objects.bulk_create([line for line in lines if line])
    for balance in balances.values():
        balance.save(update_fields=["on_hand", "reserved", "updated_at"])
    return ledger


def _apply(
    balance: BatchBalance, move: Move, kind: MovementKind, source_kind: str, by: User | None
) -> StockMovement | None:
    free = balance.on_hand - balance.reserved
    left = free + move.quantity - move.reserved
    if left < 0 or balance.on_hand + move.quantity < 0:
        raise StockShort(asked=abs(move.quantity or move.reserved), available=free)
    balance.on_hand += move.quantity
    balance.reserved += move.reserved
    if not move.quantity:
        return None
    if move.source_id is None or by is None:
        raise ValueError("A ledger line names its source and who moved it")
    return StockMovement(
        batch=move.batch,
        location=move.location,
        kind=kind,
        quantity=move.quantity,
        balance_after=balance.on_hand,
        source_kind=source_kind,
        source_id=move.source_id,
        by=by,
    )


def _locked_balances(moves: Iterable[Move]) -> dict[tuple[UUID, UUID], BatchBalance]:
    wanted = {(move.batch.pk, move.location.pk) for move in moves}
    # Rows that do not exist yet are made first, so that two deliveries of a new batch meet at the same lock.
    blank = [BatchBalance(id=new_id(), batch_id=batch, location_id=place) for batch, place in sorted(wanted)]
    BatchBalance.objects.bulk_create(blank, ignore_conflicts=True)
    rows = BatchBalance.objects.select_for_update().filter(
        batch__in={batch for batch, _place in wanted}, location__in={place for _batch, place in wanted}
    )
    return {
        (row.batch_id, row.location_id): row for row in rows.order_by("pk") if (row.batch_id, row.location_id) in wanted
    }
