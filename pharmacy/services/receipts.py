"""Deliveries counted into a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from core.clock import today
from core.money import USD
from core.numbering import next_number
from pharmacy.errors import DeliveryExpired, ReceiptBatchTwice, ReceiptEmpty
from pharmacy.models import Batch, GoodsReceipt, GoodsReceiptLine, Location, Medicine
from pharmacy.services.stock import Move, move_stock
from pharmacy.states import MovementKind

SOURCE = "pharmacy.receipt_line"


@dataclass(frozen=True)
class Delivered:
    """One batch of a delivery; `quantity` in whole units of issue, `unit_cost` for one of them."""

    medicine: Medicine
    lot_number: str
    expires_on: date
    quantity: int
    unit_cost: Decimal | None = None
    currency: str = USD


@transaction.atomic
def receive_goods(
    *, location: Location, supplier: str, delivered: Sequence[Delivered], by: User, reference: str = ""
) -> GoodsReceipt:
    """Book a delivery into a store. Raises ReceiptEmpty, ReceiptBatchTwice, DeliveryExpired."""
    _require_sound(delivered)
    batches = [_batch(one) for one in delivered]
    number = next_number("pharmacy.receipt")
    receipt = GoodsReceipt.objects.create(
        number=number, location=location, supplier=supplier.strip(), reference=reference.strip(), by=by
    )
    lines = GoodsReceiptLine.objects.bulk_create(
        GoodsReceiptLine(receipt=receipt, batch=batch, quantity=one.quantity)
        for batch, one in zip(batches, delivered, strict=True)
    )
    moves = [Move(line.batch, location, line.quantity, source_id=line.pk) for line in lines]
    move_stock(moves, kind=MovementKind.RECEIPT, source_kind=SOURCE, by=by)
    return receipt


def _require_sound(delivered: Sequence[Delivered]) -> None:
    if not delivered:
        raise ReceiptEmpty()
    keys = [(one.medicine.pk, one.lot_number.strip().upper(), one.expires_on) for one in delivered]
    if len(set(keys)) < len(keys):
        raise ReceiptBatchTwice()
    if any(one.expires_on < today() for one in delivered):
        raise DeliveryExpired()


def _batch(delivered: Delivered) -> Batch:
    """The batch of this medicine, number and expiry date; the cost first recorded stays."""
    batch, _made = Batch.objects.get_or_create(
        medicine=delivered.medicine,
        lot_number=delivered.lot_number.strip().upper(),
        expires_on=delivered.expires_on,
        defaults={"unit_cost": delivered.unit_cost, "currency": delivered.currency},
    )
    return batch
