"""Promotions: a discount of the hospital's own for some time, some services, and so many invoices."""

import datetime
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.catalogue import Category
from core.models import UUIDModel, VersionedModel
from core.money import Currency, CurrencyField, Money, MoneyAmountField


class Promotion(VersionedModel):
    """A rate (0.1 is 10 %) or an amount off, on chosen categories and services, or on everything where none is chosen.

    An automatic one is for everybody; another counts where its code was given. `valid_to` is the first day that is not
    included. `used` is counted by the database from `PromotionUse` and never passes the limit.
    """

    code = models.CharField(_("Code"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    rate = models.DecimalField(_("Rate"), max_digits=5, decimal_places=4, null=True, blank=True)
    amount = MoneyAmountField(_("Amount"), null=True, blank=True)
    currency = CurrencyField(_("Currency"), blank=True, default="")
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("Categories"))
    services = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name=_("Services"))
    is_automatic = models.BooleanField(_("For everybody, without a code"), default=False)
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid until (not included)"), null=True, blank=True)
    usage_limit = models.PositiveIntegerField(_("At most so many invoices"), null=True, blank=True)
    used = models.PositiveIntegerField(_("Used"), default=0, editable=False)

    class Meta:
        verbose_name = _("Promotion")
        ordering = ["-valid_from", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__isnull=False, rate__gt=0, rate__lte=1, amount__isnull=True, currency="")
                | Q(rate__isnull=True, amount__isnull=False, amount__gt=0, currency__in=Currency.values),
                name="billing_promotion_worth",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="billing_promotion_dates"
            ),
            models.CheckConstraint(
                condition=Q(usage_limit__isnull=True) | Q(used__lte=F("usage_limit")), name="billing_promotion_limit"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def off(self) -> Money | None:
        return Money(self.amount, self.currency) if self.amount is not None else None

    @property
    def percent(self) -> Decimal | None:
        return (self.rate * 100).normalize() if self.rate is not None else None

    @property
    def last_day(self) -> datetime.date | None:
        return self.valid_to - datetime.timedelta(days=1) if self.valid_to else None

    @property
    def category_names(self) -> list[str]:
        return [str(Category(code).label) for code in self.categories]

    @property
    def is_used_up(self) -> bool:
        return self.usage_limit is not None and self.used >= self.usage_limit

    def is_for(self, code: str, category: str) -> bool:
        """Whether a service takes part."""
        if not self.categories and not self.services:
            return True
        return category in self.categories or code in self.services


class PromotionUse(UUIDModel):
    """An issued invoice that took a promotion; `live` is false once the invoice is void."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    invoice = models.OneToOneField("billing.Invoice", on_delete=models.PROTECT, related_name="promotion_use")
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Use of a promotion")

    def __str__(self) -> str:
        return f"{self.promotion_id} {self.invoice_id}"
