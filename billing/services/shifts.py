"""A cashier's shift: counted float in, blind count out, explained difference, acceptance by somebody else."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from billing.errors import (
    AcceptanceHindered,
    AcceptsOwnShift,
    CountHindered,
    CountInvalid,
    CountsWhatWasSeen,
    DifferenceUnexplained,
    DrawerTaken,
    NotYourShift,
    ReasonMissing,
    ShiftAlreadyOpen,
    ShiftMissing,
    ShiftNotClosed,
    ShiftNotCounted,
    ShiftNotOpen,
    StandsInForSelf,
)
from billing.models import NOTES, CashCount, Drawer, EntryKind, Shift, ShiftLook, ShiftTotal
from billing.queries.ledger import shift_expectation
from billing.services import journal
from billing.services.transitions import move, record
from billing.shift_rules import acceptance_hindrances, count_hindrances, keep_what_belongs
from billing.states import RUNNING_SHIFTS, SHIFT_FLOW, ShiftStatus
from core.clock import now, today
from core.db.kept import kept
from core.money import Currency
from core.numbering import next_number

# Pieces of each note: {"USD": {100: 2, …}, "KHR": {…}}
Notes = Mapping[str, Mapping[int, int]]


@transaction.atomic
def open_shift(*, drawer: Drawer, counts: Notes, by: Any) -> Shift:
    """Begin with the notes counted in the drawer; the float comes out of the safe in the ledger.

    Raises ShiftAlreadyOpen (one per cashier), DrawerTaken (one per drawer), CountInvalid, RateMissing.
    """
    _check_notes(counts)
    drawer = Drawer.objects.select_for_update(of=("self",), no_key=True).select_related("branch").get(pk=drawer.pk)
    running = Shift.objects.filter(status__in=RUNNING_SHIFTS)
    if running.filter(cashier=by).exists():
        raise ShiftAlreadyOpen()
    if running.filter(drawer=drawer).exists():
        raise DrawerTaken()
    shift = _begin(drawer, by)
    _write_counts(shift, CashCount.Stage.OPENING, counts)
    opening = {currency: _worth(counts, currency) for currency in Currency.values}
    ShiftTotal.objects.bulk_create(
        ShiftTotal(shift=shift, currency=currency, opening=amount) for currency, amount in opening.items()
    )
    _post_move(shift, EntryKind.SHIFT_OPENED, opening, by)
    return shift


@transaction.atomic
def count_shift(*, shift: Shift, counts: Notes, by: Any) -> Shift:
    """End taking money and write down the notes, before anyone has seen what is expected.

    Raises NotYourShift, ShiftNotOpen, CountInvalid, CountHindered (see billing.shift_rules).
    """
    shift = _lock(shift)
    if shift.cashier_id != by.pk:
        raise NotYourShift()
    return _count(shift, counts, by)


@transaction.atomic
def close_shift(*, shift: Shift, reasons: Mapping[str, str], by: Any) -> Shift:
    """Hand the counted notes to the safe and book what is missing or too much; a difference needs a reason.

    Raises NotYourShift, ShiftNotCounted, DifferenceUnexplained.
    """
    shift = _lock(shift)
    if shift.cashier_id != by.pk:
        raise NotYourShift()
    return _close(shift, reasons, by)


@transaction.atomic
def look_at(*, shift: Shift, by: Any) -> ShiftLook:
    """Show `by` what the drawer should hold from now on; a count of theirs would not be blind and is refused.

    Raises NotYourShift for the cashier, who counts blind, and ShiftNotOpen.
    """
    shift = _lock(shift)
    if shift.cashier_id == by.pk:
        raise NotYourShift()
    if not shift.is_open:
        raise ShiftNotOpen()
    return ShiftLook.objects.get_or_create(shift=shift, by=by)[0]


@transaction.atomic
def stand_in(*, shift: Shift, counts: Notes, reason: str, by: Any) -> Shift:
    """Count and close the shift of a cashier who is not there; the reason stands for any difference, too.

    Raises ReasonMissing, StandsInForSelf, CountsWhatWasSeen, ShiftNotOpen, CountInvalid, CountHindered.
    """
    if not reason.strip():
        raise ReasonMissing()
    shift = _lock(shift)
    if shift.cashier_id == by.pk:
        raise StandsInForSelf()
    if shift.can_count and shift.looks.filter(by=by).exists():
        raise CountsWhatWasSeen()
    shift.stood_in_by, shift.stand_in_reason = by, reason
    shift.save(update_fields=["stood_in_by", "stand_in_reason", "updated_at"])
    if shift.can_count:
        shift = _count(shift, counts, by)
    return _close(shift, dict.fromkeys(Currency.values, reason), by)


@transaction.atomic
def accept_shift(*, shift: Shift, by: Any, note: str = "") -> Shift:
    """The accountant takes over what was counted. Raises AcceptsOwnShift, ShiftNotClosed, AcceptanceHindered."""
    shift = _lock(shift)
    if by.pk in (shift.cashier_id, shift.stood_in_by_id):
        raise AcceptsOwnShift()
    if not shift.can_accept:
        raise ShiftNotClosed()
    if reasons := acceptance_hindrances(shift):
        raise AcceptanceHindered(reasons=" ".join(reasons))
    move(
        shift,
        flow=SHIFT_FLOW,
        verb="accept",
        by=by,
        reason=note,
        accepted_by=by,
        accepted_at=now(),
        acceptance_note=note,
    )
    return shift


def lock_open_shift(cashier: Any) -> Shift:
    """Shift before invoice, in this order everywhere: closing a shift waits for its last payment."""
    shift = _locked_shift.first(cashier.pk)
    if shift is None:
        raise ShiftMissing()
    return shift


@kept
def _locked_shift(cashier: uuid.UUID) -> QuerySet[Shift]:
    shifts = Shift.objects.select_for_update(of=("self",), no_key=True).select_related("branch")
    return shifts.filter(cashier=cashier, status=ShiftStatus.OPEN)[:1]


def _count(shift: Shift, counts: Notes, by: Any) -> Shift:
    _check_notes(counts)
    if not shift.can_count:
        raise ShiftNotOpen()
    if reasons := count_hindrances(shift):
        raise CountHindered(reasons=" ".join(reasons))
    _write_counts(shift, CashCount.Stage.CLOSING, counts)
    expected = shift_expectation(shift)
    for total in shift.totals.all():
        total.expected = expected[total.currency]
        total.counted = _worth(counts, total.currency)
        total.difference = total.counted - total.expected
        total.save(update_fields=["expected", "counted", "difference", "updated_at"])
    move(shift, flow=SHIFT_FLOW, verb="count", by=by, counted_at=now())
    return shift


def _close(shift: Shift, reasons: Mapping[str, str], by: Any) -> Shift:
    if not shift.can_close:
        raise ShiftNotCounted()
    totals = {total.currency: total for total in shift.totals.all()}
    for currency, total in totals.items():
        reason = (reasons.get(currency) or "").strip()
        if total.difference and not reason:
            raise DifferenceUnexplained(field=f"reason_{currency.lower()}")
        total.reason = reason if total.difference else ""
        total.save(update_fields=["reason", "updated_at"])
    _post_close(shift, totals, by)
    move(shift, flow=SHIFT_FLOW, verb="close", by=by, closed_at=now())
    keep_what_belongs(shift=shift, by=by)
    return shift


def _begin(drawer: Drawer, by: Any) -> Shift:
    year = today().year
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                number=f"{drawer.branch.code}-S{year}-{next_number(f'billing.shift:{drawer.branch.code}:{year}'):05d}",
                drawer=drawer,
                branch=drawer.branch,
                cashier=by,
                opened_at=now(),
            )
    except IntegrityError as error:  # the cashier's other window opened another drawer at this very moment
        raise ShiftAlreadyOpen() from error
    record(shift, verb="open", from_status="", to_status=shift.status, by=by)
    return shift


def _lock(shift: Shift) -> Shift:
    return Shift.objects.select_for_update(of=("self",), no_key=True).get(pk=shift.pk)


def _check_notes(counts: Notes) -> None:
    for currency, notes in counts.items():
        if currency not in Currency.values:
            raise CountInvalid()
        for note, pieces in notes.items():
            if note not in NOTES[Currency(currency)] or isinstance(pieces, bool) or int(pieces) != pieces or pieces < 0:
                raise CountInvalid()


def _worth(counts: Notes, currency: str) -> Decimal:
    return sum((Decimal(note) * pieces for note, pieces in counts.get(currency, {}).items()), Decimal(0))


def _write_counts(shift: Shift, stage: str, counts: Notes) -> None:
    CashCount.objects.bulk_create(
        CashCount(shift=shift, stage=stage, currency=currency, denomination=note, pieces=pieces)
        for currency, notes in counts.items()
        for note, pieces in notes.items()
        if pieces
    )


def _post_move(shift: Shift, kind: EntryKind, amounts: Mapping[str, Decimal], by: Any) -> None:
    sides = []
    for currency, amount in amounts.items():
        sides.append(journal.Side(journal.DRAWER, currency, amount, in_shift=True))
        sides.append(journal.Side(journal.SAFE, currency, -amount))
    journal.post(kind=kind, source_id=shift.pk, sides=sides, branch_id=shift.branch_id, by=by, shift=shift)


def _post_close(shift: Shift, totals: Mapping[str, ShiftTotal], by: Any) -> None:
    """The drawer is emptied to zero: counted notes to the safe, the difference to its own account."""
    sides = []
    for currency, total in totals.items():
        sides.append(journal.Side(journal.DRAWER, currency, -total.expected_money.amount, in_shift=True))
        sides.append(journal.Side(journal.SAFE, currency, total.counted_money.amount))
        sides.append(journal.Side(journal.OVER_SHORT, currency, -total.difference_money.amount))
    journal.post(
        kind=EntryKind.SHIFT_CLOSED, source_id=shift.pk, sides=sides, branch_id=shift.branch_id, by=by, shift=shift
    )
