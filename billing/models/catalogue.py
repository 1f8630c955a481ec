"""What the hospital sells and for how much: services, prices with their validity, and exchange rates."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class Category(models.TextChoices):
    """Kinds of service; each has its own revenue account in the chart (`revenue.<category>`)."""

    CONSULTATION = "consultation", _("Consultation")
    LABORATORY = "laboratory", _("Laboratory")
    PHARMACY = "pharmacy", _("Pharmacy")
    PROCEDURE = "procedure", _("Procedure")
    IMAGING = "imaging", _("Imaging")
    WARD = "ward", _("Ward")
    VACCINATION = "vaccination", _("Vaccination")
    PACKAGE = "package", _("Package")
    OTHER = "other", _("Other")


class Unit(models.TextChoices):
    """What a service's price is for."""

    EACH = "each", pgettext_lazy("unit of a price", "Each")
    DAY = "day", pgettext_lazy("unit of a price", "Day begun")
    HOUR = "hour", pgettext_lazy("unit of a price", "Hour begun")


class Service(UUIDModel):
    """One thing that can be charged. `code` is what departments name it by (CONS, LAB-GLU, MED-AMOX500).

    What is charged by the day (24 hours) or the hour counts each one begun; `grace_minutes` beyond one begin none.
    `tax_rate` is the share of value added tax (0.1 is 10 %) its prices include; empty: its category's.
    """

    code = models.CharField(_("Code"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    category = models.CharField(_("Category"), max_length=20, choices=Category)
    is_active = models.BooleanField(_("Active"), default=True)
    unit = models.CharField(_("Price is for"), max_length=4, choices=Unit, default=Unit.EACH)
    grace_minutes = models.PositiveSmallIntegerField(_("Minutes of grace"), default=0)
    tax_rate = models.DecimalField(_("Rate of VAT"), max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = _("Service")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=Category.values), name="billing_service_category"),
            models.CheckConstraint(
                condition=Q(unit="each", grace_minutes=0)
                | Q(unit="hour", grace_minutes__lt=60)
                | Q(unit="day", grace_minutes__lt=1440),
                name="billing_service_unit",
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__isnull=True) | Q(tax_rate__gte=0, tax_rate__lte=1), name="billing_service_tax"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def tax_percent(self) -> Decimal | None:
        return None if self.tax_rate is None else (self.tax_rate * 100).quantize(Decimal("0.01"))


class Price(UUIDModel):
    """The price of a service on one list from `valid_from` until the day before `valid_to` (open when empty).

    A row is a version: charges refer to it, so amounts are never edited. A price replaced on its own first day ends
    where it began (an empty range) and stays readable.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="prices")
    price_list = models.ForeignKey("billing.PriceList", on_delete=models.PROTECT, related_name="prices")
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid until (not included)"), null=True, blank=True)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Price")
        ordering = ["service", "-valid_from", "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="billing_price_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="billing_price_dates"
            ),
            ExclusionConstraint(
                name="billing_price_no_overlap",
                expressions=[
                    ("service", RangeOperators.EQUAL),
                    ("price_list", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_to", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class ExchangeRate(UUIDModel, AppendOnly):
    """Riel for one US dollar, from a day on. Append-only: a correction is a newer row of the same day."""

    effective_on = models.DateField(_("From"))
    riel_per_dollar = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2)
    source = models.CharField(_("Source"), max_length=120)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Exchange rate")
        ordering = ["-effective_on", "-created_at"]
        indexes = [models.Index(fields=["-effective_on", "-created_at"], name="billing_rate_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(riel_per_dollar__gt=0), name="billing_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.riel_per_dollar}"
