"""A day at the cash desk: opened with a float, closed and accepted when the day is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from billing.models import NOTES, CashCount, Entry, Posting, Shift, ShiftTotal, Transition
from billing.services.journal import Side
from cashoffice.services.reports import keep_report
from core import clock
from core.money import KHR, USD, Currency
from demo.past.bills import Bill, add_payment, post
from demo.past.ground import RATE, Ground
from demo.past.points import Cards
from demo.past.sheets import OF_A_SHIFT, Sheets
from demo.services.numbers import take_numbers

FLOAT: dict[str, dict[int, int]] = {USD: {10: 5, 1: 50}, KHR: {10_000: 30, 1_000: 100}}
OPENING: dict[str, Decimal] = {
    currency: Decimal(sum(note * count for note, count in notes.items())) for currency, notes in FLOAT.items()
}


def write_till(sheets: Sheets, ground: Ground, cards: Cards, day: date, bills: Sequence[Bill]) -> None:
    """The day's shift with its payments; it is closed when it is written, for a cashier has one open shift."""
    morning = clock.day_bounds(day)[0] + timedelta(hours=6)
    evening = morning + timedelta(hours=13)
    shift = _open(sheets, ground, day, morning)
    receipt = take_numbers(f"billing.receipt:{ground.branch.code}:{day.year}", len(bills))
    for number, bill in enumerate(bills, start=receipt):
        points = cards.credit(sheets, bill)
        add_payment(sheets, bill, shift, f"{ground.branch.code}-R{day.year}-{number:06d}", points)
    expected = _expected(sheets.of(Posting))
    _move_cash(sheets, ground, shift, "shift_closed", {key: -amount for key, amount in expected.items()}, evening)
    _count(sheets, shift, "opening", FLOAT, morning)
    _count(sheets, shift, "closing", {key: notes_of(key, amount) for key, amount in expected.items()}, evening)
    _add_totals(sheets, shift, expected)
    _add_transitions(sheets, ground, shift, evening)
    sheets.write(OF_A_SHIFT)
    _close(ground, shift, evening)
    with clock.freeze(evening):
        keep_report(shift=Shift.objects.select_related("drawer").get(pk=shift.pk), by=ground.cashier)


def _open(sheets: Sheets, ground: Ground, day: date, morning: datetime) -> Shift:
    number = take_numbers(f"billing.shift:{ground.branch.code}:{day.year}", 1)
    shift = sheets.add(
        Shift,
        morning,
        number=f"{ground.branch.code}-S{day.year}-{number:05d}",
        drawer=ground.drawer,
        branch=ground.branch,
        cashier=ground.cashier,
        opened_at=morning,
    )
    _move_cash(sheets, ground, shift, "shift_opened", OPENING, morning)
    return shift


def _expected(postings: Sequence[Posting]) -> dict[str, Decimal]:
    """What must lie in the drawer of the one shift in the sheets, by currency."""
    sums = dict.fromkeys(Currency.values, Decimal(0))
    for posting in postings:
        if posting.shift is not None and posting.account.key == "drawer":
            sums[posting.currency] += posting.amount
    return sums


def _close(ground: Ground, shift: Shift, evening: datetime) -> None:
    """Everything expected was there: the drawer goes to the safe and the accountant takes it over."""
    rows = Shift.objects.filter(pk=shift.pk)
    rows.update(status="closed", counted_at=evening, closed_at=evening)
    rows.update(status="reconciled", accepted_at=evening, accepted_by=ground.people["accountant"])


def _move_cash(
    sheets: Sheets, ground: Ground, shift: Shift, kind: str, amounts: Mapping[str, Decimal], moment: datetime
) -> None:
    entry = sheets.add(
        Entry,
        moment,
        kind=kind,
        source_id=shift.pk,
        occurred_at=moment,
        date=timezone.localdate(moment),
        branch=ground.branch,
        shift=shift,
        base_currency=USD,
        rate=RATE,
        posted_by=ground.cashier,
    )
    sides = [Side("drawer", currency, amount, in_shift=True) for currency, amount in amounts.items()]
    post(sheets, ground, entry, [*sides, *(Side("safe", currency, -amount) for currency, amount in amounts.items())])


def _add_totals(sheets: Sheets, shift: Shift, expected: Mapping[str, Decimal]) -> None:
    for currency, amount in expected.items():
        sheets.add(
            ShiftTotal,
            shift.opened_at,
            shift=shift,
            currency=currency,
            opening=OPENING[currency],
            expected=amount,
            counted=amount,
            difference=Decimal(0),
        )


def _count(sheets: Sheets, shift: Shift, stage: str, counts: Mapping[str, Mapping[int, int]], moment: datetime) -> None:
    for currency, notes in counts.items():
        for note, pieces in notes.items():
            if pieces:
                sheets.add(
                    CashCount,
                    moment,
                    shift=shift,
                    stage=stage,
                    currency=currency,
                    denomination=note,
                    pieces=pieces,
                )


def notes_of(currency: str, amount: Decimal) -> dict[int, int]:
    """The fewest notes that make the amount."""
    counts: dict[int, int] = defaultdict(int)
    rest = int(amount)
    for note in sorted(NOTES[Currency(currency)], reverse=True):
        counts[note], rest = divmod(rest, note)
    return counts


def _add_transitions(sheets: Sheets, ground: Ground, shift: Shift, evening: datetime) -> None:
    moves = [
        ("open", "", "open", shift.opened_at, ground.cashier),
        ("count", "open", "counted", evening, ground.cashier),
        ("close", "counted", "closed", evening, ground.cashier),
        ("accept", "closed", "reconciled", evening, ground.people["accountant"]),
    ]
    for verb, before, status, moment, by in moves:
        sheets.add(
            Transition,
            moment,
            subject_kind="shift",
            subject_id=shift.pk,
            verb=verb,
            from_status=before,
            to_status=status,
            by=by,
        )
