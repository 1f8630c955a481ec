"""Takings to the bank: prepared by one, handed over by another, confirmed by a third pair of eyes with the slip."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from billing.models import EntryKind, Shift
from billing.services import journal
from billing.services.numbers import paper_number
from billing.services.transitions import move, record
from billing.states import ShiftStatus
from cashoffice.errors import DepositStepTaken, MoreThanBrought, ShiftsNotBankable, SlipMissing, SlipTaken
from cashoffice.models import Deposit, DepositShift
from cashoffice.queries.deposits import brought_to_safe
from cashoffice.services.shifts import check_notes
from cashoffice.states import DEPOSIT_FLOW
from core.clock import now

SAFE, TRANSIT, BANK = "safe", "bank_transit", "bank"


@transaction.atomic
def prepare_deposit(
    *, branch: Any, shifts: Sequence[Shift], usd: Decimal, khr: Decimal, note: str = "", by: Any
) -> Deposit:
    """Bundle the takings of accepted shifts of a branch. Nothing is posted: the cash is in the safe still.

    Raises AmountMissing, NotNotes, ShiftsNotBankable (not accepted, in another deposit, of another branch),
    MoreThanBrought.
    """
    check_notes(usd=usd, khr=khr)
    wanted = {shift.pk for shift in shifts}
    locked = Shift.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
    bankable = [one for one in locked if one.status == ShiftStatus.RECONCILED and one.branch_id == branch.pk]
    taken = DepositShift.objects.filter(shift__in=wanted, is_live=True).exists()
    if not wanted or len(bankable) != len(wanted) or taken:
        raise ShiftsNotBankable()
    _check_brought(wanted, usd, khr)
    number = paper_number("banking", "B", branch)
    deposit = Deposit.objects.create(number=number, branch=branch, usd=usd, khr=khr, note=note, prepared_by=by)
    DepositShift.objects.bulk_create(DepositShift(deposit=deposit, shift=shift) for shift in bankable)
    record(deposit, verb="prepare", from_status="", to_status=deposit.status, by=by)
    return deposit


@transaction.atomic
def hand_over(*, deposit: Deposit, by: Any) -> Deposit:
    """The sealed cash leaves the safe. Raises DepositStepTaken (by whoever prepared it), MoveNotAllowed, DayClosed."""
    deposit = _lock(deposit)
    if deposit.prepared_by_id == by.pk:
        raise DepositStepTaken()
    move(deposit, flow=DEPOSIT_FLOW, verb="hand_over", by=by, handed_by=by, handed_at=now())
    _post(deposit, EntryKind.DEPOSIT_SENT, TRANSIT, SAFE, by)
    return deposit


@transaction.atomic
def confirm_banked(*, deposit: Deposit, slip: str, by: Any) -> Deposit:
    """The bank's slip says that the cash arrived. Raises SlipMissing, SlipTaken, DepositStepTaken, DayClosed."""
    slip = slip.strip()
    if not slip:
        raise SlipMissing()
    deposit = _lock(deposit)
    if deposit.handed_by_id == by.pk:
        raise DepositStepTaken()
    try:
        with transaction.atomic():
            move(deposit, flow=DEPOSIT_FLOW, verb="bank", by=by, slip=slip, banked_by=by, banked_at=now())
    except IntegrityError as error:
        raise SlipTaken() from error
    _post(deposit, EntryKind.DEPOSIT_BANKED, BANK, TRANSIT, by)
    return deposit


@transaction.atomic
def cancel_deposit(*, deposit: Deposit, by: Any) -> Deposit:
    """Undo a bundle that has not left the safe; its shifts wait for another. Raises MoveNotAllowed."""
    deposit = _lock(deposit)
    move(deposit, flow=DEPOSIT_FLOW, verb="cancel", by=by)
    for row in deposit.bundle.all():
        row.is_live = False
        row.save(update_fields=["is_live", "updated_at"])
    return deposit


def _check_brought(shifts: set[UUID], usd: Decimal, khr: Decimal) -> None:
    brought = brought_to_safe(shifts).values()
    for place, (name, amount) in enumerate((("usd", usd), ("khr", khr))):
        if amount > sum((row[place] for row in brought), Decimal(0)):
            raise MoreThanBrought(field=name)


def _lock(deposit: Deposit) -> Deposit:
    return Deposit.objects.select_for_update(of=("self",), no_key=True).get(pk=deposit.pk)


def _post(deposit: Deposit, kind: EntryKind, into: str, out_of: str, by: Any) -> None:
    sides = []
    for currency, amount in deposit.amounts.items():
        sides += [journal.Side(into, currency, amount), journal.Side(out_of, currency, -amount)]
    journal.post(kind=kind, source_id=deposit.pk, sides=sides, branch_id=deposit.branch_id, by=by)
