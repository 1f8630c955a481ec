"""Price lists with the conditions they hold under, and the public holidays some of them look at."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import UUIDModel, VersionedModel
from core.money import CurrencyField, Money, MoneyAmountField


class Day(models.IntegerChoices):
    """Kinds of day: weekdays by their ISO number; a public holiday is a kind of its own, whatever weekday it is."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")
    HOLIDAY = 8, _("Public holiday")


EVERY_DAY = [day.value for day in Day]


def every_day() -> list[int]:
    return list(EVERY_DAY)


class Nationality(models.TextChoices):
    """Groups of nationalities with prices of their own. Everybody who is not local is foreign, ASEAN among them."""

    LOCAL = "local", _("Cambodian")
    ASEAN = "asean", _("Other ASEAN country")
    FOREIGN = "foreign", _("Foreign")


class Adjustment(models.TextChoices):
    """What a list makes of the standard price where it has none of its own."""

    NONE = "none", pgettext_lazy("price list", "Only its own prices")
    PERCENT = "percent", _("Percent on the standard price")
    AMOUNT = "amount", _("Amount on the standard price")


class PriceList(VersionedModel):
    """A set of prices and when it counts. Every condition that is set must hold; the default list has none.

    Hours may pass midnight: the hours after it belong to the day on which they began. `adjusts` names the categories of
    service the adjustment is for, all when empty. `version` counts changes of the terms; a charge keeps the one it was
    priced by. `valid_to` is the first day that is not included.
    """

    code = models.CharField(_("Code"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    is_default = models.BooleanField(_("Default"), default=False)
    priority = models.SmallIntegerField(_("Priority"), default=0)
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Branch")
    )
    payer = models.CharField(_("Payer"), max_length=40, blank=True, default="")
    nationality = models.CharField(_("Nationality group"), max_length=8, choices=Nationality, blank=True, default="")
    days = ArrayField(models.PositiveSmallIntegerField(choices=Day), default=every_day, verbose_name=_("Days"))
    starts_at = models.TimeField(_("From the hour"), null=True, blank=True)
    ends_at = models.TimeField(_("Until the hour"), null=True, blank=True)
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid until (not included)"), null=True, blank=True)
    adjustment = models.CharField(_("Adjustment"), max_length=8, choices=Adjustment, default=Adjustment.NONE)
    percent = models.DecimalField(_("Percent"), max_digits=6, decimal_places=2, null=True, blank=True)
    amount = MoneyAmountField(_("Amount"), null=True, blank=True)
    currency = CurrencyField(_("Currency"), blank=True, default="")
    adjusts = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("Categories adjusted")
    )

    class Meta:
        verbose_name = _("Price list")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="billing_one_default_price_list"
            ),
            models.CheckConstraint(condition=Q(nationality__in=["", *Nationality.values]), name="billing_list_group"),
            models.CheckConstraint(condition=Q(days__contained_by=EVERY_DAY) & ~Q(days=[]), name="billing_list_days"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | (Q(starts_at__isnull=False, ends_at__isnull=False) & ~Q(starts_at=F("ends_at"))),
                name="billing_list_hours",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="billing_list_dates",
            ),
            models.CheckConstraint(
                condition=Q(adjustment="none", percent__isnull=True, amount__isnull=True, currency="")
                | Q(adjustment="percent", percent__isnull=False, percent__gte=-100, amount__isnull=True, currency="")
                | Q(adjustment="amount", percent__isnull=True, amount__isnull=False, currency__in=["USD", "KHR"]),
                name="billing_list_adjustment",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False)
                | Q(
                    branch__isnull=True,
                    payer="",
                    nationality="",
                    days__contains=EVERY_DAY,
                    starts_at__isnull=True,
                    valid_from__isnull=True,
                    valid_to__isnull=True,
                    adjustment="none",
                    priority=0,
                ),
                name="billing_default_list_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plus(self) -> Money | None:
        """The amount put on the standard price (below zero: taken off)."""
        return Money(self.amount, self.currency) if self.amount is not None else None

    @property
    def picks_days(self) -> bool:
        return set(self.days) != set(EVERY_DAY)

    @property
    def last_day(self) -> datetime.date | None:
        return self.valid_to - datetime.timedelta(days=1) if self.valid_to else None

    @property
    def day_names(self) -> list[str]:
        return [str(Day(day).label) for day in sorted(self.days)]

    def adjusts_category(self, category: str) -> bool:
        return self.adjustment != Adjustment.NONE and (not self.adjusts or category in self.adjusts)


class Holiday(UUIDModel):
    """A public holiday; a hospital begins with Cambodia's. Feasts of the moon are estimates until they are decreed."""

    date = models.DateField(_("Date"), unique=True)
    name = models.CharField(_("Name"), max_length=200)

    class Meta:
        verbose_name = _("Public holiday")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
