"""What hospitals subscribe to, and what new ones start with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from hospitals.models.hospital import Hospital


class Plan(UUIDModel):
    """Limits and price of a subscription; an empty limit means none."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=250, blank=True)
    monthly_usd = models.DecimalField(_("price per month in USD"), max_digits=10, decimal_places=2)
    max_branches = models.PositiveIntegerField(_("branches at most"), null=True, blank=True)
    max_staff = models.PositiveIntegerField(_("staff at most"), null=True, blank=True)
    max_patients = models.PositiveIntegerField(_("patients at most"), null=True, blank=True)
    is_offered = models.BooleanField(_("offered on the landing page"), default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "monthly_usd"]
        constraints = [
            models.CheckConstraint(condition=models.Q(monthly_usd__gte=0), name="hospitals_plan_price_not_negative")
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(UUIDModel):
    """The plan a hospital is on since a date; the newest row counts."""

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="subscriptions")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.plan}"


class RoleTemplate(UUIDModel):
    """A role as new hospitals receive it; changing it touches no existing hospital."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    permissions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    requires_second_factor = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DemoRequest(UUIDModel):
    """Somebody asked on the landing page to be shown the system."""

    name = models.CharField(_("your name"), max_length=120)
    hospital_name = models.CharField(_("hospital or clinic"), max_length=150)
    email = models.EmailField(_("email"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    message = models.TextField(_("what would you like to see?"), max_length=2000, blank=True)
    language = models.CharField(max_length=10, default="en")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.hospital_name
