"""The only writer of the ledger. Departments never post; the events of the cash office do."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction

from billing.errors import DayClosed, EntryUnbalanced
from billing.models import Account, Entry, EntryKind, InvoiceLine, Posting
from billing.pricing import PayOut, worth_in_base
from billing.queries.catalogue import current_rate
from core.clock import now, today
from core.money import Currency
from core.preferences import preference

SAFE = "safe"
DRAWER = "drawer"
RECEIVABLE = "receivable"
PAYERS = "receivable.payers"
BETWEEN = "between_branches"
SCHEME = "scheme_difference"
PAYER_LOSS = "payer_loss"
BAD_DEBT = "bad_debt"
VAT = "vat"
EXCHANGE = "exchange"
EXCHANGE_DIFFERENCE = "exchange_difference"
DISCOUNT = "discount"
DISCOUNTS = {"none": DISCOUNT, "tier": DISCOUNT, "promotion": "discount.promotion", "override": "discount.granted"}
ROUNDING = "rounding"
OVER_SHORT = "over_short"
DAY_CLOSED = "cash_day_closed"  # what the trigger that guards closed days says
MOST_DAYS_AHEAD = 7
DEPOSITS = "deposits"
FEES = "doctor_fees"
FEES_COST = "expense.doctor_fees"
RECEIVING = {
    "cash": DRAWER,
    "card": "card",
    "bank": "bank",
    "khqr": "khqr",
    "stripe": "stripe",
    "deposit": DEPOSITS,
}


@dataclass(frozen=True)
class Side:
    """One side of an entry before it is written: debit positive, credit negative.

    `in_shift`: it moves the takings of the entry's shift; `shift`: those of another one. `performer`: whose work it is
    the revenue or the cost of, by id. `branch`: to which it belongs, by id, where it is another than the entry's.
    """

    account: str
    currency: str
    amount: Decimal
    in_shift: bool = False
    shift: Any = None
    performer: Any = None
    branch: Any = None


def revenue(parts: Iterable[tuple[InvoiceLine, Decimal]], currency: str) -> list[Side]:
    """What was earned by lines (amounts without tax; taken back: below zero), by kind of service and performer."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, amount in parts:
        sums[f"revenue.{line.category}", str(line.performer_id or "")] += amount
    return [Side(key, currency, -sum, performer=who or None) for (key, who), sum in sorted(sums.items())]


def paid_out(owed: Side, *, method: str, paying: PayOut, in_shift: bool, branch: Any = None) -> list[Side]:
    """What is owed less, and the notes or the transfer that go out for it, with exchange and rounding.

    `branch` keeps the deposit it goes into.
    """
    giving = RECEIVING[method]
    return [
        owed,
        *(
            Side(giving, currency, -amount, in_shift=in_shift, branch=branch)
            for currency, amount in paying.parts.items()
        ),
        Side(EXCHANGE, Currency.USD, paying.exchange_usd),
        Side(EXCHANGE, Currency.KHR, paying.exchange_khr),
        Side(ROUNDING, Currency.KHR, -paying.rounding),
    ]


def post(
    *,
    kind: EntryKind,
    source_id: uuid.UUID,
    sides: Iterable[Side],
    branch_id: uuid.UUID,
    by: Any,
    invoice: Any = None,
    payment: Any = None,
    shift: Any = None,
    rate: Decimal | None = None,
    reverses: Entry | None = None,
    at: datetime.datetime | None = None,
    may_wait: bool = False,
) -> Entry | None:
    """Write one balanced entry; nothing when every side is zero. The database checks the balance again at commit.

    `rate` is riel for one dollar as the event has it; without one, today's counts where it is needed. Raises
    EntryUnbalanced, which is a mistake of the program, RateMissing and DayClosed. The same event is posted once.
    `may_wait`: what happened cannot be refused; where the day is closed it counts for the next one that is open.
    """
    written = [_at_home(side, branch_id, invoice) for side in sides if side.amount]
    if not written:
        return None
    _check_balance(written)
    written += _between(written)
    base = reverses.base_currency if reverses else preference("billing.base_currency")
    if rate is None and any(side.currency != base for side in written):
        rate = current_rate().riel_per_dollar
    begin = _begin_when_open if may_wait else _begin
    entry = begin(
        kind=kind,
        source_id=source_id,
        occurred_at=at or now(),
        date=today(),
        branch_id=branch_id,
        invoice=invoice,
        payment=payment,
        shift=shift,
        reverses=reverses,
        base_currency=base,
        rate=rate,
        posted_by=by,
    )
    _write_sides(entry, written)
    return entry


def reverse(*, entry: Entry, kind: EntryKind, source_id: uuid.UUID, by: Any, invoice: Any = None) -> Entry | None:
    """Undo an entry by one with every sign turned; the first stays as it was. Only for entries outside a drawer."""
    sides = [
        Side(
            posting.account.key,
            posting.currency,
            -posting.amount,
            performer=posting.performer_id,
            branch=posting.branch_id,
        )
        for posting in entry.postings.select_related("account")
    ]
    return post(
        kind=kind,
        source_id=source_id,
        sides=sides,
        branch_id=entry.branch_id,
        by=by,
        invoice=invoice,
        rate=entry.rate,
        reverses=entry,
    )


def _begin(**facts: Any) -> Entry:
    """The entry's row. Raises DayClosed where the database says that its branch has closed the day."""
    try:
        return Entry.objects.create(**facts)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == DAY_CLOSED:
            raise DayClosed() from error
        raise


def _begin_when_open(*, date: datetime.date, **facts: Any) -> Entry:
    """The entry's row, on the first day from `date` on that its branch has not closed."""
    for days in range(MOST_DAYS_AHEAD):
        try:
            with transaction.atomic():
                return _begin(date=date + datetime.timedelta(days=days), **facts)
        except DayClosed:
            continue
    raise DayClosed()


def _write_sides(entry: Entry, sides: Sequence[Side]) -> None:
    """Each side with its account and what it is worth in the entry's base currency, branch by branch."""
    sides = sorted(sides, key=lambda side: (side.branch != entry.branch_id, str(side.branch)))
    worths: list[Decimal] = []
    for _branch, own in groupby(sides, key=lambda side: side.branch):
        amounts = [(side.currency, side.amount) for side in own]
        worths += worth_in_base(amounts, base=entry.base_currency, rate=entry.rate)
    accounts = Account.objects.in_bulk({side.account for side in sides}, field_name="key")
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account=accounts[side.account],
            currency=side.currency,
            amount=side.amount,
            base_amount=worth,
            shift=entry.shift if side.in_shift else side.shift,
            performer_id=side.performer,
            branch_id=side.branch,
            date=entry.date,
        )
        for side, worth in zip(sides, worths, strict=True)
    )


def _at_home(side: Side, branch_id: uuid.UUID, invoice: Any) -> Side:
    """A debt belongs to its invoice's branch, wherever it is paid; all else to the entry's, unless the side says so."""
    owed = invoice is not None and side.account in (RECEIVABLE, PAYERS)
    return replace(side, branch=side.branch or (invoice.branch_id if owed else branch_id))


def _between(sides: Sequence[Side]) -> list[Side]:
    """What branches owe each other by an entry, so that each one's sides balance by themselves."""
    sums: dict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    for side in sides:
        sums[side.branch, str(side.currency)] += side.amount
    return [Side(BETWEEN, currency, -sum, branch=branch) for (branch, currency), sum in sums.items() if sum]


def _check_balance(sides: Sequence[Side]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for side in sides:
        sums[str(side.currency)] += side.amount
    if any(sums.values()):
        raise EntryUnbalanced()
