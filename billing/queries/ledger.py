"""Every figure about money is read from the postings, here."""

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Account,
    Change,
    Entry,
    EntryKind,
    Invoice,
    Payment,
    Posting,
    Refund,
    RefundPart,
    Shift,
    Tender,
)
from billing.queries.bills import OWED
from billing.states import InvoiceStatus, ShiftStatus
from core.money import Currency

ZERO = Decimal(0)
TAKEN = [EntryKind.PAYMENT, EntryKind.REFUND]
CHECKS = {
    "entry_balances": _("An entry does not balance"),
    "invoice_owes": _("What an invoice owes"),
    "receipt_posted": _("What a receipt brought in"),
    "refund_posted": _("What a refund paid out"),
    "drawer_emptied": _("A closed drawer is not empty"),
}
RECEIVED_IN = {"drawer": "cash", "card": "card", "bank": "bank", "khqr": "khqr"}


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


@dataclass(frozen=True)
class Disagreement:
    """One place where the books do not agree: which check, which record, the entry to look at, and both figures."""

    check: str
    record: str
    entry_id: uuid.UUID | None
    ledger: Decimal
    elsewhere: Decimal

    @property
    def label(self) -> str:
        return str(CHECKS[self.check])


def ledger_disagreements() -> list[Disagreement]:
    """Compare ledger, invoices, payments and shifts; an empty list means that all agree to the riel."""
    return [*_unbalanced(), *_debts(), *_receipts(), *_refunds(), *_drawers()]


def _unbalanced() -> list[Disagreement]:
    rows = Posting.objects.values("entry", "currency").annotate(sum=Sum("amount")).exclude(sum=0).order_by()
    return [Disagreement("entry_balances", str(row["entry"]), row["entry"], row["sum"], ZERO) for row in rows]


def _debts() -> list[Disagreement]:
    """What each issued invoice owes, in the ledger's receivables and on the invoice."""
    owed = (
        Posting.objects.filter(entry__invoice=OuterRef("pk"), account__key="receivable")
        .values("entry__invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    entry = Entry.objects.filter(invoice=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = (
        Invoice.objects.exclude(status=InvoiceStatus.DRAFT)
        .annotate(ledger=Coalesce(Subquery(owed), ZERO), entry=Subquery(entry))
        .annotate(owing=OWED)
        .exclude(Q(ledger=F("owing")) & ~Q(status=InvoiceStatus.VOID))
        .exclude(status=InvoiceStatus.VOID, ledger=0)
    )
    return [
        Disagreement(
            "invoice_owes", str(row.number), row.entry, row.ledger, ZERO if row.status == "void" else row.owing
        )
        for row in rows
    ]


def _receipts() -> list[Disagreement]:
    """What each payment brought in by currency: in the ledger, and by its tenders less change."""
    found = []
    for currency in Currency.values:
        posted = _sum_of(Posting.objects.filter(account__key__in=RECEIVED_IN), currency, "entry__payment")
        tendered = _sum_of(Tender.objects.all(), currency, "payment")
        changed = _sum_of(Change.objects.all(), currency, "payment")
        entry = Entry.objects.filter(payment=OuterRef("pk")).order_by("-id").values("pk")[:1]
        rows = Payment.objects.annotate(ledger=posted, taken=tendered - changed, entry=Subquery(entry)).exclude(
            ledger=F("taken")
        )
        found += [Disagreement("receipt_posted", row.number, row.entry, row.ledger, row.taken) for row in rows]
    return found


def _refunds() -> list[Disagreement]:
    """What each refund paid out by currency: in the ledger, and by its parts."""
    found = []
    paid_out = Posting.objects.filter(entry__kind=EntryKind.REFUND, account__key__in=RECEIVED_IN)
    for currency in Currency.values:
        posted, parts = (
            _sum_of(paid_out, currency, "entry__source_id"),
            _sum_of(RefundPart.objects.all(), currency, "refund"),
        )
        entry = Entry.objects.filter(kind=EntryKind.REFUND, source_id=OuterRef("pk")).values("pk")[:1]
        rows = Refund.objects.annotate(ledger=-posted, paid=parts, entry=Subquery(entry)).exclude(ledger=F("paid"))
        found += [Disagreement("refund_posted", row.number, row.entry, row.ledger, row.paid) for row in rows]
    return found


def _drawers() -> list[Disagreement]:
    """A closed shift's drawer is empty in the ledger, and was expected to hold what its totals say."""
    ended = Shift.objects.filter(status__in=[ShiftStatus.CLOSED, ShiftStatus.RECONCILED])
    entry = Entry.objects.filter(shift=OuterRef("pk")).order_by("-id").values("pk")[:1]
    found = []
    for currency in Currency.values:
        left = _sum_of(Posting.objects.filter(account__key="drawer"), currency, "shift")
        rows = ended.annotate(ledger=left, entry=Subquery(entry)).exclude(ledger=0)
        found += [Disagreement("drawer_emptied", row.number, row.entry, row.ledger, ZERO) for row in rows]
    return found


def _sum_of(rows: QuerySet[Any], currency: str, owner: str) -> Coalesce:
    sums = rows.filter(currency=currency, **{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(sums.annotate(sum=Sum("amount")).values("sum")), ZERO)
