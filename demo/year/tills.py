"""A day at the former cash desk: opened with a float, closed and accepted when the day is written."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

from billing.models import CashCount, Entry, Posting, Shift, ShiftTotal, Transition
from billing.queries.ledger import shift_expectation
from core.money import KHR, USD
from demo.services.numbers import id_at, take_numbers
from demo.year.ground import Ground
from demo.year.sheets import Sheets

FLOAT = {USD: {10: 5, 1: 50}, KHR: {10_000: 30, 1_000: 100}}
OPENING: dict[str, Decimal] = {
    currency: Decimal(sum(note * count for note, count in notes.items())) for currency, notes in FLOAT.items()
}


@contextmanager
def till_of(ground: Ground, day: date, morning: datetime) -> Iterator[Shift]:
    """The day's shift, open inside the block: payments and their postings go in there."""
    number = take_numbers(f"billing.shift:{ground.branch.code}:{day.year}", 1)
    shift = Shift.objects.create(
        id=id_at(morning),
        created_at=morning,
        number=f"{ground.branch.code}-S{day.year}-{number:05d}",
        drawer=ground.drawer,
        branch=ground.branch,
        cashier=ground.archive,
        opened_at=morning,
    )
    totals = [ShiftTotal(shift=shift, currency=currency, opening=amount) for currency, amount in OPENING.items()]
    ShiftTotal.objects.bulk_create(totals)
    _move_cash(ground, shift, "shift_opened", OPENING, morning, day)
    yield shift
    _close(ground, shift, totals, morning + timedelta(hours=12), day)


def _close(ground: Ground, shift: Shift, totals: list[ShiftTotal], evening: datetime, day: date) -> None:
    """Everything expected was there: the drawer goes to the safe and the accountant takes it over."""
    expected = shift_expectation(shift)
    for total in totals:
        total.expected = total.counted = expected[total.currency]
        total.difference = Decimal(0)
    ShiftTotal.objects.bulk_update(totals, ["expected", "counted", "difference"])
    _move_cash(
        ground, shift, "shift_closed", {currency: -amount for currency, amount in expected.items()}, evening, day
    )
    _count(shift, expected, evening)
    shift.status, shift.counted_at, shift.closed_at = "closed", evening, evening
    shift.save()
    shift.status, shift.accepted_at, shift.accepted_by = "reconciled", evening, ground.people["accountant"]
    shift.save()
    _remember(ground, shift, evening)


def _move_cash(
    ground: Ground, shift: Shift, kind: str, amounts: dict[str, Decimal], moment: datetime, day: date
) -> None:
    sheets = Sheets()
    entry = sheets.add(
        Entry,
        moment,
        kind=kind,
        source_id=shift.pk,
        occurred_at=moment,
        date=day,
        branch=ground.branch,
        shift=shift,
        posted_by=ground.archive,
    )
    for currency, amount in amounts.items():
        for account, part, in_shift in (("drawer", amount, shift), ("safe", -amount, None)):
            if part:
                sheets.add(
                    Posting,
                    moment,
                    entry=entry,
                    account=ground.accounts[account],
                    currency=currency,
                    amount=part,
                    shift=in_shift,
                    date=day,
                )
    sheets.write((Entry, Posting))


def _count(shift: Shift, expected: dict[str, Decimal], evening: datetime) -> None:
    """Notes of the float, and of what lay in the drawer at the end."""
    counted = {USD: _notes(expected[USD], (20, 10, 5, 1)), KHR: _notes(expected[KHR], (10_000, 1_000, 500, 100))}
    CashCount.objects.bulk_create(
        CashCount(id=id_at(moment), shift=shift, stage=stage, currency=currency, denomination=note, pieces=pieces)
        for stage, counts, moment in (("opening", FLOAT, shift.opened_at), ("closing", counted, evening))
        for currency, notes in counts.items()
        for note, pieces in notes.items()
        if pieces
    )


def _notes(amount: Decimal, kinds: tuple[int, ...]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    rest = int(amount)
    for note in kinds:
        counts[note], rest = divmod(rest, note)
    return counts


def _remember(ground: Ground, shift: Shift, evening: datetime) -> None:
    sheets = Sheets()
    moves = [
        ("open", "", "open", shift.opened_at, ground.archive),
        ("count", "open", "counted", evening, ground.archive),
        ("close", "counted", "closed", evening, ground.archive),
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
    sheets.write((Transition,))
