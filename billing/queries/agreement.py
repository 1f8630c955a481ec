"""Do the books agree? What is compared with the ledger here; a room above compares its own records the same way, in a
module its apps.ready() imports.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, User
from billing.models import (
    CashCount,
    Change,
    CreditLine,
    DepositAccount,
    DepositMove,
    EntryKind,
    FeeMove,
    Fund,
    Invoice,
    InvoiceLine,
    PayerShare,
    Payment,
    Posting,
    Refund,
    RefundPart,
    Shift,
    ShiftTotal,
    Tender,
    WriteOff,
)
from billing.queries.bills import OWED
from billing.queries.comparing import Disagreement, compare, differing
from billing.queries.ledger import TENDERED_IN
from billing.states import InvoiceStatus, ShiftStatus, WriteOffStatus

ZERO = Decimal(0)


@compare(_("Every entry balances"))
def unbalanced_entries() -> Iterable[Disagreement]:
    return differing(_posted("entry"))


@compare(_("What invoices owe"))
def invoice_debts() -> Iterable[Disagreement]:
    """What each issued invoice owes, in the ledger's receivables and on the invoice; a void one owes nothing."""
    owing = Case(When(status=InvoiceStatus.VOID, then=ZERO), default=OWED)
    issued = Invoice.objects.exclude(status=InvoiceStatus.DRAFT)
    return differing(
        _posted("entry__invoice", "receivable"),
        issued.values_list("pk", "currency", owing),
        records=Invoice,
        entries="invoice",
    )


@compare(_("What patients owe, by branch"))
def branch_debts() -> Iterable[Disagreement]:
    """What is owed to each branch: in its receivables, and by its invoices, whoever took the money."""
    owing = Case(When(status=InvoiceStatus.VOID, then=ZERO), default=OWED)
    issued = Invoice.objects.exclude(status=InvoiceStatus.DRAFT)
    return _by_branch(_posted("branch", "receivable"), issued.values_list("branch", "currency", owing))


@compare(_("Deposits held, by branch"))
def branch_deposits() -> Iterable[Disagreement]:
    """What is held by each branch: in the ledger, and by the accounts it keeps."""
    accounts = DepositAccount.objects.values_list("branch", "currency", "balance")
    return _by_branch(_posted("branch", "deposits", sign=-1), accounts)


@compare(_("Every branch balances"))
def unbalanced_branches() -> Iterable[Disagreement]:
    """All that was posted to a branch adds up to nothing: what it owes to others stands between the branches."""
    return _by_branch(_posted("branch"))


@compare(_("What is written off"))
def write_offs_posted() -> Iterable[Disagreement]:
    """What each write-off gave up: in the ledger, and by itself; one that was taken back comes to nothing."""
    return differing(
        _posted("entry__source_id", "bad_debt"),
        WriteOff.objects.filter(status=WriteOffStatus.APPROVED).values_list("pk", "currency", "amount"),
        records=WriteOff,
        entries="source_id",
    )


@compare(_("VAT of invoices"))
def taxes_posted() -> Iterable[Disagreement]:
    """The tax of each invoice that was issued and not voided, less what was credited: in the ledger and by lines."""
    lines = InvoiceLine.objects.filter(tax__gt=0).exclude(invoice__status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
    credited = CreditLine.objects.filter(tax__gt=0, credit_note__number__isnull=False)
    return differing(
        _posted("entry__invoice", "vat", sign=-1),
        lines.values_list("invoice", "currency", "tax"),
        credited.values_list("line__invoice", "currency", -F("tax")),
        records=Invoice,
        entries="invoice",
    )


@compare(_("Turnover of invoices"))
def turnover_posted() -> Iterable[Disagreement]:
    """What each invoice charges without tax, less voids and credits: revenue less discounts, and by its lines."""
    revenue = Q(account__key__startswith="revenue.") | Q(account__key__startswith="discount")
    without_tax = F("net") + F("covered") + F("exempted") - F("tax")
    lines = InvoiceLine.objects.exclude(invoice__status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
    credited = CreditLine.objects.filter(credit_note__number__isnull=False)
    return differing(
        Posting.objects.filter(revenue).values_list("entry__invoice", "currency", -F("amount")),
        lines.values_list("invoice", "currency", without_tax),
        credited.values_list("line__invoice", "currency", -without_tax),
        records=Invoice,
        entries="invoice",
    )


@compare(_("What payers owe"))
def payer_debts() -> Iterable[Disagreement]:
    """What is open with the payer of each invoice, or owed back to them, in the ledger and on the payer's share."""
    gone = F("credited") + F("paid") - F("returned") + F("transferred") + F("written_off")
    still_open = F("due") - gone + F("passed_back") + F("written_back")
    return differing(
        _posted("entry__invoice", "receivable.payers"),
        PayerShare.objects.values_list("invoice", "currency", still_open),
        records=Invoice,
        entries="invoice",
    )


@compare(_("What receipts brought in"))
def receipts_posted() -> Iterable[Disagreement]:
    """What each payment brought in: in the ledger, and by its tenders less change."""
    return differing(
        _posted("entry__payment", *TENDERED_IN),
        Tender.objects.values_list("payment", "currency", "amount"),
        Change.objects.values_list("payment", "currency", -F("amount")),
        records=Payment,
        entries="payment",
    )


@compare(_("What refunds paid out"))
def refunds_posted() -> Iterable[Disagreement]:
    """What each refund paid out: in the ledger, and by its parts."""
    return differing(
        _posted("entry__source_id", *TENDERED_IN, sign=-1).filter(entry__kind=EntryKind.REFUND),
        RefundPart.objects.values_list("refund", "currency", "amount"),
        records=Refund,
        entries="source_id",
    )


@compare(_("What moved deposits"))
def deposits_posted() -> Iterable[Disagreement]:
    """Each entry's change of the deposits: in the ledger, and by the moves of what is held."""
    return differing(
        _posted("entry", "deposits", sign=-1), DepositMove.objects.values_list("entry", "currency", "amount")
    )


@compare(_("What funds for the poor hold"))
def fund_balances() -> Iterable[Disagreement]:
    """What each fund holds: on its account (a liability: below zero), and as its balance says."""
    posted = Posting.objects.filter(account__fund__isnull=False)
    return differing(
        posted.values_list("account", "currency", -F("amount")),
        QuerySet(Fund).values_list("account", "currency", "balance"),  # a manager of translated names reorders columns
        entries="postings__account",
    )


@compare(_("What doctors earned and got"))
def fees_posted() -> Iterable[Disagreement]:
    """Each entry's change of what is owed to doctors: in the ledger, and by the moves of their accounts."""
    return differing(
        _posted("entry", "doctor_fees", sign=-1), FeeMove.objects.values_list("entry", "currency", "amount")
    )


@compare(_("Revenue by who performed it"))
def revenue_by_performer() -> Iterable[Disagreement]:
    """What the work of each doctor brought: in the ledger's revenue, and by lines less what was voided and credited."""
    ledger = Posting.objects.filter(account__key__startswith="revenue.", performer__isnull=False)
    lines = InvoiceLine.objects.filter(performer__isnull=False)
    lines = lines.exclude(invoice__status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
    credited = CreditLine.objects.filter(line__performer__isnull=False, credit_note__number__isnull=False)
    names = {str(user.pk): str(user) for user in User.objects.all()}
    for one in differing(
        ledger.values_list("performer", "currency", -F("amount")),
        lines.values_list("performer", "currency", F("amount") - F("tax")),
        credited.values_list("line__performer", "currency", F("tax") - F("gross")),
        entries="postings__performer",
    ):
        yield replace(one, record=names[one.record])


@compare(_("Closed drawers are empty"))
def drawers_emptied() -> Iterable[Disagreement]:
    """A closed shift's drawer is empty in the ledger."""
    ended = [ShiftStatus.CLOSED, ShiftStatus.RECONCILED]
    return differing(_posted("shift", "drawer").filter(shift__status__in=ended), records=Shift, entries="shift")


@compare(_("What was counted in drawers"))
def drawers_counted() -> Iterable[Disagreement]:
    """The notes written down at the beginning and at the end of each shift, and its totals."""
    closing = CashCount.Stage.CLOSING
    worth = ExpressionWrapper(Cast("pieces", BigIntegerField()) * F("denomination"), BigIntegerField())
    for stage, total in ((CashCount.Stage.OPENING, "opening"), (closing, "counted")):
        notes = CashCount.objects.filter(stage=stage)
        kind = EntryKind.SHIFT_CLOSED if stage == closing else EntryKind.SHIFT_OPENED
        yield from differing(
            notes.values_list("shift", "currency", worth),
            ShiftTotal.objects.exclude(**{total: None}).values_list("shift", "currency", total),
            records=Shift,
            entries="source_id",
            kind=kind,
        )


@compare(_("What shifts took from the safe and brought to it"))
def safes_moved() -> Iterable[Disagreement]:
    """The float of each shift and what was counted at its end: in the ledger, and by its totals."""
    ended = ShiftTotal.objects.filter(shift__status__in=[ShiftStatus.CLOSED, ShiftStatus.RECONCILED])
    totals = {
        EntryKind.SHIFT_OPENED: ShiftTotal.objects.values_list("shift", "currency", -F("opening")),
        EntryKind.SHIFT_CLOSED: ended.values_list("shift", "currency", "counted"),
    }
    for kind, elsewhere in totals.items():
        moved = _posted("entry__shift", "safe").filter(entry__kind=kind)
        yield from differing(moved, elsewhere, records=Shift, entries="source_id", kind=kind)


def _by_branch(*amounts: QuerySet[Any, Any]) -> Iterable[Disagreement]:
    codes = {str(branch.pk): branch.code for branch in Branch.objects.all()}
    return (replace(one, record=codes[one.record]) for one in differing(*amounts))


def _posted(owner: str, *accounts: str, sign: int = 1) -> QuerySet[Posting, tuple]:
    """What was posted, to these accounts or to all, with the owner a path leads to; `sign` -1 turns debits to minus."""
    rows = Posting.objects.filter(account__key__in=accounts) if accounts else Posting.objects.all()
    return rows.values_list(owner, "currency", F("amount") if sign > 0 else -F("amount"))
