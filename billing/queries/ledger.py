"""Every figure about money is read from the postings, here."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from billing.models import Account, Entry, EntryKind, Invoice, Payment, Posting, Shift
from billing.shift_rules import promised_of
from core.money import Currency
from core.preferences import preference

ZERO = Decimal(0)
TAKEN = [EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.DEPOSIT_TAKEN, EntryKind.DEPOSIT_REFUNDED]
RECEIVED_IN = {"drawer": "cash", "card": "card", "bank": "bank", "khqr": "khqr", "stripe": "stripe"}
TENDERED_IN = [*RECEIVED_IN, "deposits"]  # what a payment or a refund may be made of


def shift_expectation(shift: Shift) -> dict[str, Decimal]:
    """What must lie in the drawer, by currency: float plus receipts minus change, before closing empties it."""
    rows = (
        Posting.objects.filter(shift=shift, account__key="drawer")
        .exclude(entry__kind=EntryKind.SHIFT_CLOSED)
        .values("currency")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    return dict.fromkeys(Currency.values, ZERO) | {row["currency"]: row["sum"] for row in rows}


def in_drawer(shift: Shift) -> dict[str, Decimal]:
    """What may still leave the drawer, by currency: what must lie there, less what is promised to others."""
    promised = promised_of(shift)
    return {currency: amount - promised[currency] for currency, amount in shift_expectation(shift).items()}


def sees_expectation(shift: Shift, user: Any) -> bool:
    """Whether this person may read what an open drawer should hold: whoever may yet count it does not.

    That is its cashier, and who may stand in for them until they gave up counting it (a ShiftLook).
    """
    if not shift.is_open or not preference("billing.blind_count"):
        return True
    if shift.cashier_id == user.pk:
        return False
    return not user.may("shift:stand_in") or shift.looks.filter(by=user).exists()


@dataclass(frozen=True)
class Collected:
    """What came in by one method in one currency, change already taken off."""

    method: str
    currency: str
    amount: Decimal


def collections(
    *, since: datetime.date, until: datetime.date | None = None, branch: Any = None, shift: Shift | None = None
) -> list[Collected]:
    """Receipts less refunds per method and currency; days `since` to `until` (today when None), both included."""
    rows = Posting.objects.filter(entry__kind__in=TAKEN, account__key__in=RECEIVED_IN, date__gte=since)
    if until:
        rows = rows.filter(date__lte=until)
    if branch:
        rows = rows.filter(entry__branch=branch)
    if shift:
        rows = rows.filter(shift=shift)
    sums = rows.values("account__key", "currency").annotate(sum=Sum("amount")).order_by("account__key", "-currency")
    return [Collected(RECEIVED_IN[row["account__key"]], row["currency"], row["sum"]) for row in sums]


def shift_collections(shift: Shift) -> list[Collected]:
    """Receipts of one shift per method and currency."""
    return collections(since=datetime.date.min, shift=shift)


def daily_collections(*, since: datetime.date, until: datetime.date, branch: Any = None) -> list[dict[str, Any]]:
    """Receipts less refunds day by day and currency: rows of date, currency, sum. For charts."""
    rows = Posting.objects.filter(entry__kind__in=TAKEN, account__key__in=RECEIVED_IN, date__gte=since, date__lte=until)
    if branch:
        rows = rows.filter(entry__branch=branch)
    sums = rows.values("date", "currency").annotate(sum=Sum("amount")).order_by("date", "currency")
    return [dict(row) for row in sums]


@dataclass(frozen=True)
class Balance:
    """One account in one currency: debits less credits, and their worth in the base currency."""

    account: Account
    currency: str
    sum: Decimal
    base: Decimal


def trial_balance(postings: QuerySet[Posting] | None = None) -> list[Balance]:
    """Each account's balance by currency, of all postings or these; the column of a currency adds up to zero."""
    rows = (Posting.objects.all() if postings is None else postings).order_by().values("account", "currency")
    sums = rows.annotate(sum=Sum("amount"), base=Sum("base_amount"))
    accounts = Account.objects.in_bulk()
    found = [Balance(accounts[row["account"]], row["currency"], row["sum"], row["base"]) for row in sums]
    return sorted(found, key=lambda one: (one.account.code, one.currency))


def journal_entries(*, text: str = "", on: datetime.date | None = None) -> QuerySet[Entry]:
    """Entries, newest first; of a day, or of an invoice, receipt or shift number."""
    entries = Entry.objects.select_related("invoice", "payment", "shift", "posted_by", "branch")
    if on:
        entries = entries.filter(date=on)
    if text.strip():
        entries = entries.filter(_of_document(text.strip().upper()))
    return entries.order_by("-id")


def _of_document(number: str) -> Q:
    """Ids first: each number has a unique index, and entries are then found by their foreign keys."""
    ids = {
        name: list(model.objects.filter(number=number).values_list("pk", flat=True))
        for name, model in (("invoice", Invoice), ("payment", Payment), ("shift", Shift))
    }
    return Q(invoice__in=ids["invoice"]) | Q(payment__in=ids["payment"]) | Q(shift__in=ids["shift"])
