"""Which lots go into the bag: first to expire first among those that outlive the treatment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pharmacy.errors import (
    BatchExpired,
    BatchExpiresInCourse,
    BatchNotHere,
    BatchReasonMissing,
    ItemNotOutstanding,
    QuantityNotPossible,
    StockShort,
)
from pharmacy.models import Batch, BatchBalance, Location, PrescriptionItem
from pharmacy.queries.stock import course_end, usable_balances


@dataclass(frozen=True)
class Wish:
    """What the pharmacist wants for one item. Without `quantity`: what is outstanding, or as much of it as there is.

    A `batch` overrides first-expiry-first-out and then needs a `reason`.
    """

    item: PrescriptionItem
    quantity: int | None = None
    batch: Batch | None = None
    reason: str = ""


@dataclass(frozen=True)
class Pick:
    item: PrescriptionItem
    batch: Batch
    quantity: int
    reason: str = ""


def allocate(wishes: Sequence[Wish], location: Location) -> list[Pick]:
    """Choose lots for the wishes and keep their balances locked until the transaction ends.

    Raises StockShort with the real figure when a wanted quantity is not there; nothing is ever rounded down silently.
    """
    shelf = _locked_shelf(location, (wish.item.medicine_id for wish in wishes))
    picks: list[Pick] = []
    for wish in wishes:
        picks += _pick(wish, shelf.get(wish.item.medicine_id, []), location)
    return picks


def _locked_shelf(location: Location, medicines: Iterable[UUID]) -> Mapping[UUID, list[BatchBalance]]:
    """Usable balances by medicine, locked in pk order, each list first to expire first."""
    rows = usable_balances(location, set(medicines)).select_for_update(of=("self",)).order_by("pk")
    shelf: dict[UUID, list[BatchBalance]] = {}
    for balance in sorted(rows, key=lambda row: (row.batch.expires_on, row.batch_id)):
        shelf.setdefault(balance.batch.medicine_id, []).append(balance)
    return shelf


def _pick(wish: Wish, balances: list[BatchBalance], location: Location) -> list[Pick]:
    outstanding = wish.item.outstanding
    if not outstanding:
        raise ItemNotOutstanding()
    wanted = outstanding if wish.quantity is None else wish.quantity
    if not 1 <= wanted <= outstanding:
        raise QuantityNotPossible(most=outstanding)
    if wish.batch:
        return [_chosen(wish, wish.batch, wanted, balances)]
    outliving = [balance for balance in balances if balance.batch.expires_on >= course_end(wish.item)]
    available = sum(balance.available for balance in outliving)
    if wish.quantity is not None and available < wanted:
        raise StockShort(asked=wanted, available=available)
    return _first_to_expire(wish.item, min(wanted, available), outliving)


def _first_to_expire(item: PrescriptionItem, wanted: int, balances: list[BatchBalance]) -> list[Pick]:
    picks = []
    for balance in balances:
        quantity = min(wanted, balance.available)
        if quantity:
            picks.append(Pick(item, balance.batch, quantity))
            wanted -= quantity
    return picks


def _chosen(wish: Wish, batch: Batch, wanted: int, balances: list[BatchBalance]) -> Pick:
    """The batch the pharmacist insists on, with the reason where another one would have come first."""
    if batch.is_expired:
        raise BatchExpired()
    balance = next((row for row in balances if row.batch_id == batch.pk), None)
    if balance is None or batch.medicine_id != wish.item.medicine_id:
        raise BatchNotHere()
    end, reason = course_end(wish.item), wish.reason.strip()
    first = next((row for row in balances if row.batch.expires_on >= end), None)
    if not reason and batch.expires_on < end:
        raise BatchExpiresInCourse()
    if not reason and first is not None and first.batch_id != batch.pk:
        raise BatchReasonMissing()
    if balance.available < wanted:
        raise StockShort(asked=wanted, available=balance.available)
    return Pick(wish.item, balance.batch, wanted, reason)
