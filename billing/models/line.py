"""Lines of invoices. Once the invoice is issued a trigger freezes them, but for whose work they are."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from billing.models.snapshot import read_snapshot
from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import KHR, USD, CurrencyField, Money, MoneyAmountField

_TAX = (F("net") + F("covered") + F("exempted")) * F("tax_rate") / (1 + F("tax_rate"))


class InvoiceLine(UUIDModel):
    """One charge on an invoice. `amount`, `discount`, `covered` and `net` are in the invoice's currency.

    `covered` is the payer's part and `cover` how it came about (insurance.share); `net` is the patient's. `exempted` is
    the part of `discount` that a fund pays. `tax` is the value added tax that what is paid includes, by whomever, at
    `tax_rate` (0.1 is 10 %): a CHECK works it out again. `performer` is the charge's. `live` is false on the
    lines of a voided invoice, so that the charge may go onto a new one.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey("billing.Charge", on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    live = models.BooleanField(default=True)
    service_code = models.CharField(max_length=64)
    category = models.CharField(max_length=20)
    text_en = models.CharField(max_length=200)
    text_km = models.CharField(max_length=200, blank=True)
    text_zh_hans = models.CharField(max_length=200, blank=True)
    detail = EncryptedTextField(max_length=200, blank=True)
    performer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Performed by")
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = MoneyAmountField(currency_field="price_currency")
    price_amount = MoneyAmountField(currency_field="price_currency")
    price_currency = CurrencyField()
    amount = MoneyAmountField()
    discount = MoneyAmountField(default=Decimal(0))
    covered = MoneyAmountField(default=Decimal(0))
    cover = models.JSONField(default=dict)
    exempted = MoneyAmountField(default=Decimal(0))
    net = MoneyAmountField()
    tax_rate = models.DecimalField(_("Rate of VAT"), max_digits=5, decimal_places=4, default=Decimal(0))
    tax = MoneyAmountField(_("VAT"), default=Decimal(0))
    currency = CurrencyField()

    class Meta:
        verbose_name = _("Invoice line")
        ordering = ["position"]
        indexes = [models.Index(fields=["invoice"], condition=Q(tax__gt=0), name="billing_line_taxed")]
        constraints = [
            models.UniqueConstraint(fields=["charge"], condition=Q(live=True), name="billing_charge_invoiced_once"),
            models.CheckConstraint(
                condition=Q(net=F("amount") - F("discount") - F("covered"))
                & Q(net__gte=0, discount__gte=0, covered__gte=0),
                name="billing_line_sums",
            ),
            models.CheckConstraint(
                condition=Q(exempted__gte=0, exempted__lte=F("discount")), name="billing_line_exempted"
            ),
            models.CheckConstraint(
                condition=Q(tax_rate=0, tax=0)
                | Q(tax_rate__gt=0, tax_rate__lte=1)
                & (Q(currency=USD, tax=Round(_TAX, 2)) | Q(currency=KHR, tax=Round(_TAX, 0))),
                name="billing_line_tax",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.amount} {self.currency}"

    @property
    def text(self) -> str:
        return read_snapshot(self, "text")

    @property
    def unit_money(self) -> Money:
        return Money(self.unit_price, self.price_currency)

    @property
    def price_money(self) -> Money:
        return Money(self.price_amount, self.price_currency)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def discount_money(self) -> Money:
        return Money(self.discount, self.currency)

    @property
    def exempted_money(self) -> Money:
        return Money(self.exempted, self.currency)

    @property
    def own_discount_money(self) -> Money:
        """The discount without what a fund pays."""
        return self.discount_money - self.exempted_money

    @property
    def net_money(self) -> Money:
        return Money(self.net, self.currency)

    @property
    def covered_money(self) -> Money:
        return Money(self.covered, self.currency)

    @property
    def tax_money(self) -> Money:
        return Money(self.tax, self.currency)

    @property
    def tax_percent(self) -> Decimal:
        return (self.tax_rate * 100).quantize(Decimal("0.01"))

    @property
    def worth(self) -> Decimal:
        """What the line costs after discount, whoever pays it."""
        return self.net + self.covered

    @property
    def worth_money(self) -> Money:
        return Money(self.worth, self.currency)

    @property
    def is_converted(self) -> bool:
        return self.currency != self.price_currency
