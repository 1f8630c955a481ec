from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from laboratory.models.catalogue import Test
from laboratory.states import RangeSex


class ReferenceRange(UUIDModel):
    """What is normal for a sex and an age, in the test's unit; both ends belong to the range.

    The age band is in days and half open: from `age_from` up to, but not including, `age_to` (empty: no upper end).
    A range that nobody of this hospital has confirmed is shown as such wherever ranges are edited.
    """

    test = models.ForeignKey(Test, on_delete=models.CASCADE, related_name="ranges")
    sex = models.CharField(_("sex"), max_length=6, choices=RangeSex, default=RangeSex.ANY)
    age_from = models.PositiveIntegerField(_("age from (days)"), default=0)
    age_to = models.PositiveIntegerField(_("age below (days)"), null=True, blank=True)
    low = models.DecimalField(_("low"), max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("high"), max_digits=14, decimal_places=4, null=True, blank=True)
    text = models.CharField(_("in words"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=250, blank=True)
    confirmed = models.BooleanField(_("confirmed by the hospital"), default=False)

    class Meta:
        verbose_name = _("reference range")
        verbose_name_plural = _("reference ranges")
        ordering = ["test", "age_from", "sex"]
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=RangeSex.values), name="range_sex_known"),
            models.CheckConstraint(
                condition=Q(age_to__isnull=True) | Q(age_from__lt=F("age_to")), name="range_age_band_in_order"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="range_limits_in_order",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False) | ~Q(text=""), name="range_says_something"
            ),
            models.UniqueConstraint(fields=["test", "sex", "age_from"], name="range_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.sex} {self.age_from}"

    def covers(self, *, sex: str, age_days: int) -> bool:
        """Whether it holds for somebody of this sex and age."""
        of_sex = self.sex in (RangeSex.ANY, sex)
        return of_sex and self.age_from <= age_days and (self.age_to is None or age_days < self.age_to)

    def contains(self, value: Decimal) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)
