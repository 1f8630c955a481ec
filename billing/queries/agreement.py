"""Do the books agree? Every check compares the ledger with one kind of record and names the entry where they part.

A room above registers its own checks the same way, in a module its apps.ready() imports.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Change,
    DepositMove,
    Entry,
    EntryKind,
    Invoice,
    PayerShare,
    Payment,
    Posting,
    Refund,
    RefundPart,
    Shift,
    Tender,
)
from billing.queries.bills import OWED
from billing.queries.ledger import TENDERED_IN
from billing.states import InvoiceStatus, ShiftStatus
from core.money import Currency

ZERO = Decimal(0)


@dataclass(frozen=True)
class Disagreement:
    """One record that differs: its number, the entry to look at, and both figures."""

    record: str
    entry_id: uuid.UUID | None
    ledger: Decimal
    elsewhere: Decimal
    label: str | Promise = ""


Finder = Callable[[], Iterable[Disagreement]]


@dataclass(frozen=True)
class Check:
    """What is compared with the ledger, in words, and how what differs is found."""

    label: str | Promise
    find: Finder


_checks: dict[str, Check] = {}


def compare(label: str | Promise) -> Callable[[Finder], Finder]:
    """Register a check under the name of its function."""

    def register(find: Finder) -> Finder:
        _checks[f"{find.__module__}.{find.__name__}"] = Check(label, find)
        return find

    return register


def agreement() -> list[tuple[Check, list[Disagreement]]]:
    """Every check with what differs; empty lists mean that all agrees to the riel."""
    return [(check, list(check.find())) for check in _checks.values()]


def ledger_disagreements() -> list[Disagreement]:
    """Whatever differs, in any check."""
    return [
        Disagreement(one.record, one.entry_id, one.ledger, one.elsewhere, check.label)
        for check, found in agreement()
        for one in found
    ]


@compare(_("Every entry balances"))
def unbalanced_entries() -> Iterator[Disagreement]:
    rows = Posting.objects.values("entry", "currency").annotate(sum=Sum("amount")).exclude(sum=0).order_by()
    for row in rows:
        yield Disagreement(str(row["entry"]), row["entry"], row["sum"], ZERO)


@compare(_("What invoices owe"))
def invoice_debts() -> Iterator[Disagreement]:
    """What each issued invoice owes, in the ledger's receivables and on the invoice."""
    owed = (
        Posting.objects.filter(entry__invoice=OuterRef("pk"), account__key="receivable")
        .values("entry__invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    rows = (
        Invoice.objects.exclude(status=InvoiceStatus.DRAFT)
        .annotate(ledger=Coalesce(Subquery(owed), ZERO), entry=_last_entry("invoice"))
        .annotate(owing=OWED)
        .exclude(Q(ledger=F("owing")) & ~Q(status=InvoiceStatus.VOID))
        .exclude(status=InvoiceStatus.VOID, ledger=0)
    )
    for row in rows:
        yield Disagreement(
            str(row.number), row.entry, row.ledger, ZERO if row.status == InvoiceStatus.VOID else row.owing
        )


@compare(_("What payers owe"))
def payer_debts() -> Iterator[Disagreement]:
    """What is open with the payer of each invoice, in the ledger and on the payer's share."""
    owed = (
        Posting.objects.filter(entry__invoice=OuterRef("invoice"), account__key="receivable.payers")
        .values("entry__invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    still_open = F("due") - F("credited") - F("paid") - F("transferred") - F("written_off")
    rows = PayerShare.objects.select_related("invoice").annotate(
        ledger=Coalesce(Subquery(owed), ZERO), owing=still_open, entry=_last_entry("invoice", "invoice")
    )
    for row in rows.exclude(ledger=F("owing")):
        yield Disagreement(str(row.invoice.number), row.entry, row.ledger, row.owing)


@compare(_("What receipts brought in"))
def receipts_posted() -> Iterator[Disagreement]:
    """What each payment brought in by currency: in the ledger, and by its tenders less change."""
    for currency in Currency.values:
        posted = sum_of(Posting.objects.filter(account__key__in=TENDERED_IN), currency, "entry__payment")
        tendered = sum_of(Tender.objects.all(), currency, "payment")
        changed = sum_of(Change.objects.all(), currency, "payment")
        rows = Payment.objects.annotate(ledger=posted, taken=tendered - changed, entry=_last_entry("payment"))
        for row in rows.exclude(ledger=F("taken")):
            yield Disagreement(row.number, row.entry, row.ledger, row.taken)


@compare(_("What refunds paid out"))
def refunds_posted() -> Iterator[Disagreement]:
    """What each refund paid out by currency: in the ledger, and by its parts."""
    paid_out = Posting.objects.filter(entry__kind=EntryKind.REFUND, account__key__in=TENDERED_IN)
    entry = Entry.objects.filter(kind=EntryKind.REFUND, source_id=OuterRef("pk")).values("pk")[:1]
    for currency in Currency.values:
        posted = sum_of(paid_out, currency, "entry__source_id")
        parts = sum_of(RefundPart.objects.all(), currency, "refund")
        rows = Refund.objects.annotate(ledger=-posted, paid=parts, entry=Subquery(entry))
        for row in rows.exclude(ledger=F("paid")):
            yield Disagreement(row.number, row.entry, row.ledger, row.paid)


@compare(_("What moved deposits"))
def deposits_posted() -> Iterator[Disagreement]:
    """Each entry's change of the deposits by currency: in the ledger, and by the moves of what is held."""
    of_deposits = Q(deposit_moves__isnull=False) | Q(postings__account__key="deposits")
    entries = Entry.objects.filter(pk__in=Entry.objects.filter(of_deposits).order_by().values("pk"))
    for currency in Currency.values:
        posted = sum_of(Posting.objects.filter(account__key="deposits"), currency, "entry")
        moved = sum_of(DepositMove.objects.all(), currency, "entry")
        for row in entries.annotate(ledger=-posted, moved=moved).exclude(ledger=F("moved")):
            yield Disagreement(str(row), row.pk, row.ledger, row.moved)


@compare(_("Closed drawers are empty"))
def drawers_emptied() -> Iterator[Disagreement]:
    """A closed shift's drawer is empty in the ledger."""
    ended = Shift.objects.filter(status__in=[ShiftStatus.CLOSED, ShiftStatus.RECONCILED])
    for currency in Currency.values:
        left = sum_of(Posting.objects.filter(account__key="drawer"), currency, "shift")
        for row in ended.annotate(ledger=left, entry=_last_entry("shift")).exclude(ledger=0):
            yield Disagreement(row.number, row.entry, row.ledger, ZERO)


def sum_of(rows: QuerySet[Any], currency: str, owner: str) -> Coalesce:
    """What the rows of each `owner` (a path to the outer query's key) come to in one currency; nothing is zero."""
    sums = rows.filter(currency=currency, **{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(sums.annotate(sum=Sum("amount")).values("sum")), ZERO)


def _last_entry(path: str, of: str = "pk") -> Subquery:
    return Subquery(Entry.objects.filter(**{path: OuterRef(of)}).order_by("-id").values("pk")[:1])
