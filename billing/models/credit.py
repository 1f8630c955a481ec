"""Credit notes and refunds: how an issued invoice is corrected. The invoice itself is never edited."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Method
from billing.states import CREDIT_FLOW, CreditStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class CreditNote(UUIDModel):
    """Takes back part of an invoice, line by line, when somebody else than its author approves it.

    `number` is gapless per branch and year, given at approval. `amount` is the sum of its lines and `to_refund` what of
    it is paid out again (less than `amount` where the invoice was not paid in full), both in the invoice's currency.
    `covered` is what the payer of the invoice owes less by it. Where the payer's claim has ended, `owed_back` of it is
    owed to the payer, `passed_back` to the patient, who had taken it over, and `written_back` was written off.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="credit_notes")
    status = models.CharField(_("Status"), max_length=12, choices=CreditStatus, default=CreditStatus.REQUESTED)
    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    covered = MoneyAmountField(_("Paid by others"), default=Decimal(0))
    owed_back = MoneyAmountField(_("Owed back to the payer"), default=Decimal(0))
    passed_back = MoneyAmountField(_("Taken off the patient again"), default=Decimal(0))
    written_back = MoneyAmountField(_("Write-off undone"), default=Decimal(0))
    to_refund = MoneyAmountField(_("To be paid out"), default=Decimal(0))
    reason = EncryptedTextField(_("Reason"), max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Credit note")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(status__in=["requested", "approved"]), name="billing_credit_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CreditStatus.values), name="billing_credit_status"),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=0, covered__gte=0, to_refund__gte=0, to_refund__lte=F("amount") + F("passed_back")
                )
                & (Q(amount__gt=0) | Q(covered__gt=0)),
                name="billing_credit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(owed_back__gte=0, passed_back__gte=0, written_back__gte=0)
                & (Q(number__isnull=False) | Q(owed_back=0, passed_back=0, written_back=0)),
                name="billing_credit_backs",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")), name="billing_credit_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True, number__isnull=True, to_refund=0)
                | Q(status="declined", decided_by__isnull=False, number__isnull=True, to_refund=0)
                | Q(status__in=["approved", "refunded"], decided_by__isnull=False, number__isnull=False),
                name="billing_credit_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""), name="billing_declined_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Credit note"))

    @property
    def money(self) -> Money:
        """What the patient owes less by it, or is owed."""
        return Money(self.amount + self.passed_back, self.currency)

    @property
    def covered_money(self) -> Money:
        return Money(self.covered, self.currency)

    @property
    def refund_money(self) -> Money:
        return Money(self.to_refund, self.currency)

    @property
    def can_decide(self) -> bool:
        return CREDIT_FLOW.can("approve", self.status)

    @property
    def can_refund(self) -> bool:
        return CREDIT_FLOW.can("refund", self.status) and self.to_refund > 0

    @property
    def is_waiting(self) -> bool:
        """Somebody still has to decide it or pay it out."""
        return self.can_decide or self.can_refund


class CreditLine(UUIDModel, AppendOnly):
    """What is taken back of one invoice line: `net` = `gross` less its share of the line's `discount` and `covered`.

    `exempted` of the discount goes back to the fund that paid; `tax` is the line's tax taken back in proportion.

    The database never lets the credits of a line that were not declined pass the line's net (a trigger, under a lock).
    """

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("billing.InvoiceLine", on_delete=models.PROTECT, related_name="credits")
    gross = MoneyAmountField()
    discount = MoneyAmountField(default=Decimal(0))
    covered = MoneyAmountField(default=Decimal(0))
    exempted = MoneyAmountField(default=Decimal(0))
    net = MoneyAmountField()
    tax = MoneyAmountField(_("VAT"), default=Decimal(0))
    currency = CurrencyField()

    class Meta:
        verbose_name = _("Credit note line")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["credit_note", "line"], name="billing_credit_line_once"),
            models.CheckConstraint(
                condition=Q(net=F("gross") - F("discount") - F("covered"))
                & Q(net__gte=0, discount__gte=0, covered__gte=0)
                & (Q(net__gt=0) | Q(covered__gt=0)),
                name="billing_credit_line_sums",
            ),
            models.CheckConstraint(
                condition=Q(exempted__gte=0, exempted__lte=F("discount")), name="billing_credit_line_exempted"
            ),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=F("gross")), name="billing_credit_line_tax"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.net} {self.currency}"

    @property
    def money(self) -> Money:
        """What is taken back after discount, of patient and payer together."""
        return Money(self.net + self.covered, self.currency)


class Refund(UUIDModel, AppendOnly):
    """Money paid out for a credit note, once, to one destination, in the open shift of the cashier who pays it."""

    number = models.CharField(_("Number"), max_length=40, unique=True)
    credit_note = models.OneToOneField(CreditNote, on_delete=models.PROTECT, related_name="refund")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, related_name="refunds")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(_("Paid out"))
    method = models.CharField(_("Method"), max_length=8, choices=Method)
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2)
    rounding = models.DecimalField(_("Rounding in riel"), max_digits=14, decimal_places=0, default=Decimal(0))

    class Meta:
        verbose_name = _("Refund")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_positive"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="billing_refund_method"),
            models.CheckConstraint(
                condition=Q(rounding__gte=-100) & Q(rounding__lte=100), name="billing_refund_rounding"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class RefundPart(UUIDModel, AppendOnly):
    """What was handed over or sent, one row per currency."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))

    class Meta:
        ordering = ["-currency"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_part_positive"),
            models.UniqueConstraint(fields=["refund", "currency"], name="billing_refund_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
