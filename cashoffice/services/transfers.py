"""Transfers between drawers: sent, then received or declined by the other cashier; posted when received."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import ReasonMissing
from billing.models import EntryKind, Shift
from billing.services import journal
from billing.services.numbers import paper_number
from billing.services.transitions import move, record
from billing.states import ShiftStatus
from cashoffice.errors import NotYours, NotYourTransfer, ReceiverMissing
from cashoffice.models import Transfer
from cashoffice.services.shifts import check_drawer, check_notes, lock_open_shifts
from cashoffice.states import TRANSFER_FLOW
from core.clock import now


@transaction.atomic
def send_transfer(*, receiver: Shift, usd: Decimal, khr: Decimal, note: str = "", by: Any) -> Transfer:
    """Send cash from the open shift of `by` to another open shift of the branch. Nothing is posted yet.

    Raises AmountMissing, NotNotes, ReceiverMissing, ShiftEnded, NotInDrawer.
    """
    check_notes(usd=usd, khr=khr)
    own = Shift.objects.filter(cashier=by, status=ShiftStatus.OPEN).values_list("pk", flat=True).first()
    if own is None or own == receiver.pk:
        raise ReceiverMissing()
    shifts = lock_open_shifts([own, receiver.pk])
    sender, receiver = shifts[own], shifts[receiver.pk]
    if sender.branch_id != receiver.branch_id:
        raise ReceiverMissing()
    transfer = Transfer(sender=sender, receiver=receiver, usd=usd, khr=khr, note=note, sent_by=by)
    check_drawer(sender, transfer.amounts)
    transfer.number = paper_number("transfer", "T", sender.branch)
    transfer.save(force_insert=True)
    record(transfer, verb="send", from_status="", to_status=transfer.status, by=by)
    return transfer


@transaction.atomic
def receive_transfer(*, transfer: Transfer, by: Any) -> Transfer:
    """The receiving cashier has counted the notes: they move from the one shift to the other.

    Raises NotYourTransfer, ShiftEnded, MoveNotAllowed, DayClosed.
    """
    shifts = lock_open_shifts([transfer.sender_id, transfer.receiver_id])
    transfer = _lock(transfer)
    sender, receiver = shifts[transfer.sender_id], shifts[transfer.receiver_id]
    if receiver.cashier_id != by.pk:
        raise NotYourTransfer()
    move(transfer, flow=TRANSFER_FLOW, verb="receive", by=by, answered_by=by, answered_at=now())
    sides = []
    for currency, amount in transfer.amounts.items():
        sides.append(journal.Side(journal.DRAWER, currency, -amount, in_shift=True))
        sides.append(journal.Side(journal.DRAWER, currency, amount, shift=receiver))
    journal.post(
        kind=EntryKind.CASH_TRANSFER,
        source_id=transfer.pk,
        sides=sides,
        branch_id=sender.branch_id,
        by=by,
        shift=sender,
    )
    return transfer


@transaction.atomic
def decline_transfer(*, transfer: Transfer, reason: str, by: Any) -> Transfer:
    """The notes did not come, or not so many; they stay the sender's. Raises NotYourTransfer, MoveNotAllowed."""
    if not reason.strip():
        raise ReasonMissing()
    transfer = _lock(transfer)
    if transfer.receiver.cashier_id != by.pk:
        raise NotYourTransfer()
    columns = {"decline_reason": reason, "answered_by": by, "answered_at": now()}
    move(transfer, flow=TRANSFER_FLOW, verb="decline", by=by, reason=reason, **columns)
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Any) -> Transfer:
    """The sender takes back what nobody has answered. Raises NotYours, MoveNotAllowed."""
    transfer = _lock(transfer)
    if transfer.sent_by_id != by.pk:
        raise NotYours()
    move(transfer, flow=TRANSFER_FLOW, verb="withdraw", by=by, answered_by=by, answered_at=now())
    return transfer


def _lock(transfer: Transfer) -> Transfer:
    locked = Transfer.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("sender", "receiver").get(pk=transfer.pk)
