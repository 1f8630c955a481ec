"""Statements of banks, card terminals, KHQR and Stripe, line by line, and what of the ledger each line is."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models import EntryKind
from cashoffice.states import STATEMENT_FLOW, StatementStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField

ACCOUNTS = ("bank", "card", "khqr", "stripe")


class Source(models.TextChoices):
    CSV = "csv", "CSV"
    CAMT = "camt053", "CAMT.053"
    MT940 = "mt940", "MT940"


class StatementMapping(UUIDModel):
    """How one bank's CSV is read: which column is what. Columns are named as the file's first row names them."""

    name = models.CharField(_("Name"), max_length=80, unique=True)
    currency = CurrencyField(_("Currency"))
    delimiter = models.CharField(_("Delimiter"), max_length=1, default=",")
    date_column = models.CharField(_("Column of the date"), max_length=60)
    date_format = models.CharField(_("Form of the date"), max_length=20, default="%Y-%m-%d")
    amount_column = models.CharField(_("Column of the amount"), max_length=60, blank=True, default="")
    credit_column = models.CharField(_("Column of money in"), max_length=60, blank=True, default="")
    debit_column = models.CharField(_("Column of money out"), max_length=60, blank=True, default="")
    reference_column = models.CharField(_("Column of the reference"), max_length=60, blank=True, default="")
    text_column = models.CharField(_("Column of the text"), max_length=60, blank=True, default="")
    decimal_comma = models.BooleanField(_("Decimal comma"), default=False)

    class Meta:
        verbose_name = _("Way to read a CSV statement")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Statement(UUIDModel):
    """One imported file; the same file is imported once (`digest`: SHA-256 of its bytes and the account).

    `opening` and `closing` are the balances the file names, where it names them. `left_out` lines came with an earlier
    file and are not taken again; their sum is empty for statements imported before it was kept.
    """

    account = models.ForeignKey(
        "billing.Account", on_delete=models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    currency = CurrencyField(_("Currency"))
    source = models.CharField(_("File format"), max_length=8, choices=Source)
    file_name = EncryptedTextField(_("File"), max_length=120)
    digest = models.CharField(_("Digest"), max_length=64, unique=True)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"))
    opening = MoneyAmountField(_("Opening balance"), null=True, blank=True)
    closing = MoneyAmountField(_("Closing balance"), null=True, blank=True)
    left_out = models.PositiveIntegerField(_("Lines known from earlier files"), default=0)
    left_out_sum = MoneyAmountField(_("Sum of those lines"), null=True, blank=True)
    status = models.CharField(_("Status"), max_length=12, choices=StatementStatus, default=StatementStatus.OPEN)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Imported by")
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("Accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("Bank statement")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=StatementStatus.values), name="cashoffice_statement_status"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="cashoffice_statement_days"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("imported_by")),
                name="cashoffice_statement_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="open", accepted_by__isnull=True) | Q(status="accepted", accepted_by__isnull=False),
                name="cashoffice_statement_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.currency} {self.since}"

    @property
    def is_open(self) -> bool:
        return STATEMENT_FLOW.can("accept", self.status)

    @property
    def left_out_money(self) -> Money:
        return Money(self.left_out_sum or Decimal(0), self.currency)

    @property
    def closing_money(self) -> Money | None:
        return None if self.closing is None else Money(self.closing, self.currency)


class StatementLine(UUIDModel):
    """One movement: money in positive, money out negative. `matched` is what the ledger explains of it so far.

    `fingerprint` makes a movement known again in another file: of the account, the bank's reference (else the
    balance after it), and which of several equal movements of its file it is.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField(_("Position"))
    date = models.DateField(_("Date"))
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    matched = MoneyAmountField(_("Matched"), default=Decimal(0))
    reference = EncryptedTextField(_("Reference"), max_length=80, blank=True, default="")
    text = EncryptedTextField(_("Text"), max_length=300, blank=True, default="")
    fingerprint = models.CharField(_("Fingerprint"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("Line of a bank statement")
        ordering = ["statement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="cashoffice_line_position"),
            models.CheckConstraint(condition=~Q(amount=0), name="cashoffice_line_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def rest_money(self) -> Money:
        return Money(self.amount - self.matched, self.currency)

    @property
    def is_matched(self) -> bool:
        return self.amount == self.matched


class Match(UUIDModel):
    """A posting of the ledger that a line of a statement is; a line may be several postings.

    `amount` is what of the posting the line is, where the bank booked it in parts; empty: all of it. `confidence` is
    0 to 100, for those a person made 100. Undone it stays, with who and why.
    """

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="matches")
    posting = models.ForeignKey("billing.Posting", on_delete=models.PROTECT, related_name="matches")
    amount = MoneyAmountField(_("Part of the posting"), null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(_("Confidence"), default=100)
    is_manual = models.BooleanField(_("By hand"), default=False)
    matched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("Undone"), null=True, blank=True)
    undo_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Match of a statement line")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["posting"],
                condition=Q(undone_at__isnull=True, amount__isnull=True),
                name="cashoffice_posting_matched_once",
            ),
            models.CheckConstraint(condition=Q(confidence__lte=100), name="cashoffice_match_confidence"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                name="cashoffice_match_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.posting_id}"

    @property
    def money(self) -> Money:
        """What of the posting the line is."""
        return self.posting.money if self.amount is None else Money(self.amount, self.posting.currency)

    @property
    def posted_itself(self) -> bool:
        """Whether the posting was made for this very match, to say what is left of its line."""
        entry = self.posting.entry
        return bool(entry.kind == EntryKind.STATEMENT_LINE and entry.source_id == self.pk)
