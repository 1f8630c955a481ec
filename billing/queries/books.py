"""Reading the books: which days are closed, what stands on an account, and the journal for accounting programs."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, QuerySet

from billing.models import Account, BooksClosing, Posting, Shift
from billing.queries.ledger import Balance, trial_balance
from billing.states import ShiftStatus
from core.money import Currency

ZERO = Decimal(0)
MOST_SHOWN = 8
DETAILS = ("entry__invoice", "entry__payment", "entry__shift", "entry__branch", "entry__posted_by", "account", "branch")


def closed_through() -> datetime.date | None:
    """The last day of the closed books; None before the first closing."""
    return BooksClosing.objects.aggregate(last=Max("through"))["last"]


def unsettled_shifts(through: datetime.date) -> list[str]:
    """Numbers of shifts with money of days up to `through` that nobody has accepted yet; the first few."""
    posted = Posting.objects.filter(date__lte=through).order_by().values("shift")
    waiting = Shift.objects.exclude(status=ShiftStatus.RECONCILED).filter(pk__in=posted)
    return list(waiting.order_by("number").values_list("number", flat=True)[:MOST_SHOWN])


@dataclass(frozen=True)
class Standing:
    """What stands on an account: debits less credits by currency, and their worth in the base currency."""

    account: Account
    sums: dict[str, Decimal] = field(default_factory=dict)
    base: Decimal = ZERO


def standings(*, before: datetime.date | None = None, account: Account | None = None) -> list[Standing]:
    """Every account of the chart (or one) with what stands on it, at the beginning of the day `before` where given."""
    rows = Posting.objects.filter(account=account) if account else Posting.objects.all()
    found = trial_balance(rows.filter(date__lt=before) if before else rows)
    accounts = [account] if account else Account.objects.order_by("code")
    return [_standing(one, [balance for balance in found if balance.account == one]) for one in accounts]


def _standing(account: Account, found: list[Balance]) -> Standing:
    sums = dict.fromkeys(Currency.values, ZERO) | {balance.currency: balance.sum for balance in found}
    return Standing(account, sums, sum((balance.base for balance in found), ZERO))


def statement(
    account: Account, *, since: datetime.date | None = None, until: datetime.date | None = None
) -> QuerySet[Posting]:
    """What was posted to an account, newest first, each with its entry and document."""
    return between(since, until).filter(account=account).select_related(*DETAILS).order_by("-date", "-id")


def between(since: datetime.date | None, until: datetime.date | None) -> QuerySet[Posting]:
    """Postings of the days `since` to `until`, both included; an end that is None is open."""
    rows = Posting.objects.all()
    rows = rows.filter(date__gte=since) if since else rows
    return rows.filter(date__lte=until) if until else rows


def journal_postings(since: datetime.date, until: datetime.date, *, pieces: int = 2_000) -> Iterator[Posting]:
    """Every posting of the days in the order it was written, fetched piece by piece."""
    rows = between(since, until).select_related(*DETAILS, "entry__reverses").order_by("entry_id", "id")
    return rows.iterator(chunk_size=pieces)
