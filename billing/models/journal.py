"""The ledger: accounts, entries, postings. Append-only; every entry balances in each currency and in the base currency.

Every figure about money (drawers, collections, receivables, revenue) is read from here. A posting's amount is signed:
debit positive, credit negative. Corrections are entries that reverse others.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import Currency, CurrencyField, Money, MoneyAmountField


class AccountKind(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


class Account(UUIDModel):
    """One account of the hospital's chart. `key` is what the program posts to; code and names are the hospital's."""

    key = models.CharField(max_length=40, unique=True)
    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=10, choices=AccountKind)

    class Meta:
        verbose_name = _("Account")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="billing_account_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class EntryKind(models.TextChoices):
    """The event an entry was posted for."""

    INVOICE_ISSUED = "invoice_issued", _("Invoice issued")
    INVOICE_VOIDED = "invoice_voided", _("Invoice voided")
    PAYMENT = "payment", _("Payment received")
    CREDIT_NOTE = "credit_note", _("Credit note")
    REFUND = "refund", _("Refund paid out")
    DEPOSIT_TAKEN = "deposit_taken", _("Deposit taken")
    DEPOSIT_REFUNDED = "deposit_refunded", _("Deposit paid back")
    PAYER_PAYMENT = "payer_payment", _("Payer paid")
    PAYER_RETURNED = "payer_returned", _("Paid back to a payer")
    PAYER_TRANSFER = "payer_transfer", _("Passed on to the patient")
    PAYER_WRITE_OFF = "payer_write_off", _("Written off with a payer")
    WRITE_OFF = "write_off", _("Debt written off")
    WRITE_OFF_REVERSED = "write_off_reversed", _("Write-off taken back")
    EXCHANGE_DIFFERENCE = "exchange_difference", _("Gain or loss of exchanging")
    PERFORMER_CHANGED = "performer_changed", _("Work given to another doctor")
    FEES_PAID = "fees_paid", _("Fees of a doctor paid out")
    FUND_GRANT = "fund_grant", _("Grant to a fund")
    SHIFT_OPENED = "shift_opened", _("Shift opened")
    SHIFT_CLOSED = "shift_closed", _("Shift closed")
    CASH_VOUCHER = "cash_voucher", _("Cash voucher")
    CASH_TRANSFER = "cash_transfer", _("Transfer between drawers")
    DEPOSIT_SENT = "deposit_sent", _("Takings handed over for the bank")
    DEPOSIT_BANKED = "deposit_banked", _("Takings banked")
    STATEMENT_LINE = "statement_line", _("Line of a bank statement")
    STATEMENT_UNDONE = "statement_undone", _("Line of a bank statement taken back")
    RECEIPT_CLEARED = "receipt_cleared", _("Unknown receipt explained")
    RECEIPT_REOPENED = "receipt_reopened", _("Explanation of a receipt taken back")


class Entry(UUIDModel, AppendOnly):
    """One event in the ledger. An event (`kind`, `source_id`) is posted once.

    `base_currency` is the one the hospital keeps its books in; `rate` (riel for one dollar) is the event's own, and
    what brings its other currency to the base.
    """

    kind = models.CharField(_("Kind"), max_length=20, choices=EntryKind)
    source_id = models.UUIDField()
    occurred_at = models.DateTimeField(_("When"))
    date = models.DateField(_("Date"))
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey("billing.Payment", on_delete=models.PROTECT, null=True, related_name="entries")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="entries")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    base_currency = CurrencyField(_("Base currency"))
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2, null=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Journal entry")
        ordering = ["-id"]
        indexes = [models.Index(fields=["date", "-id"], name="billing_entry_date")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id"], name="billing_event_posted_once"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="billing_entry_kind"),
            models.CheckConstraint(condition=Q(base_currency__in=Currency.values), name="billing_entry_base"),
            models.CheckConstraint(condition=Q(rate__isnull=True) | Q(rate__gt=0), name="billing_entry_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class Posting(UUIDModel, AppendOnly):
    """One side of an entry: account, currency, signed amount, what it is worth in the entry's base currency.

    `shift` where it moves a cashier's takings, `performer` where it is revenue, or the fee, of somebody's work.
    `branch` is the one it belongs to: the entry's, or of a debt or a deposit the one that keeps it (decision 0041).
    Each branch's sides balance by themselves.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    base_amount = models.DecimalField(_("In base currency"), max_digits=14, decimal_places=2)
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="postings")
    performer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Performed by"),
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("Branch")
    )
    date = models.DateField(_("Date"))

    class Meta:
        verbose_name = _("Posting")
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "date"], name="billing_posting_account")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="billing_posting_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_debit(self) -> bool:
        return self.amount > 0

    @property
    def size(self) -> Money:
        """The amount without its sign, as debit and credit columns show it."""
        return abs(self.money)


class Transition(UUIDModel, AppendOnly):
    """Who moved a charge, an invoice or a shift from which status to which, and why."""

    subject_kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    verb = models.CharField(max_length=12)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    reason = EncryptedTextField(_("Reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="billing_transition_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.verb}"
