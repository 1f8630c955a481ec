"""Money received for an invoice: the payment, what it was tendered in, and the change handed back. Never edited."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import KHR, CurrencyField, Money, MoneyAmountField


class Method(models.TextChoices):
    """How money comes in. Everything but cash cannot give change; a deposit was paid in before."""

    CASH = "cash", _("Cash")
    CARD = "card", pgettext_lazy("payment", "Card")
    BANK = "bank", _("Bank transfer")
    KHQR = "khqr", _("KHQR")
    STRIPE = "stripe", _("Online card (Stripe)")
    DEPOSIT = "deposit", _("Deposit")


class Payment(UUIDModel, AppendOnly):
    """Recorded in the cashier's own open shift (a trigger insists). `applied` is in the invoice's currency.

    `rate` is the invoice's frozen one; `rounding` is riel won or lost by rounding to notes. `key` makes a repeated
    request find the first payment instead of making a second.
    """

    key = models.UUIDField(unique=True)
    number = models.CharField(_("Receipt number"), max_length=40, unique=True)
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="payments")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, related_name="payments")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("Received"))
    applied = MoneyAmountField(_("Applied"))
    currency = CurrencyField(_("Currency"))
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2)
    rounding = models.DecimalField(_("Rounding in riel"), max_digits=14, decimal_places=0, default=Decimal(0))
    balance_after = MoneyAmountField(_("Still due"))
    points = models.DecimalField(_("Points earned"), max_digits=12, decimal_places=2, null=True)
    points_balance = models.DecimalField(_("Points of the family"), max_digits=14, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("Payment")
        ordering = ["-id"]
        indexes = [models.Index(fields=["received_at"], name="billing_payment_received")]
        constraints = [
            models.CheckConstraint(condition=Q(applied__gt=0), name="billing_payment_applied"),
            models.CheckConstraint(condition=Q(rounding__gte=-100) & Q(rounding__lte=100), name="billing_rounding"),
            models.CheckConstraint(condition=Q(balance_after__gte=0), name="billing_payment_balance"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def applied_money(self) -> Money:
        return Money(self.applied, self.currency)

    @property
    def balance_money(self) -> Money:
        return Money(self.balance_after, self.currency)

    @property
    def rounding_money(self) -> Money:
        return Money(self.rounding, KHR)


class Tender(UUIDModel, AppendOnly):
    """One part of what was handed over: method, currency, amount; `reference` is the terminal's or bank's number."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="tenders")
    method = models.CharField(_("Method"), max_length=8, choices=Method)
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    rate = models.DecimalField(max_digits=10, decimal_places=2)
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_tender_positive"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="billing_tender_method"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Change(UUIDModel, AppendOnly):
    """Notes handed back, one row per currency."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="changes")
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))

    class Meta:
        ordering = ["-currency"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_change_positive"),
            models.UniqueConstraint(fields=["payment", "currency"], name="billing_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
