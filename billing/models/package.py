"""Packages: one price for several services, which are taken when they happen, within some days."""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import UUIDModel, VersionedModel


class Package(VersionedModel):
    """A service of its own in the catalogue, whose price is the package's, and for how many days it holds once sold."""

    service = models.OneToOneField("billing.Service", on_delete=models.PROTECT, related_name="package")
    valid_days = models.PositiveSmallIntegerField(_("Days to take it"), default=90)

    class Meta:
        verbose_name = _("Package")
        ordering = ["service__code"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_days__gte=1, valid_days__lte=1100), name="billing_package_days"),
        ]

    def __str__(self) -> str:
        return str(self.service)


class PackagePart(UUIDModel):
    """How much of a service is in a package. Changing a package changes none that was sold."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="parts")
    service = models.ForeignKey("billing.Service", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("Content of a package")
        ordering = ["service__code"]
        constraints = [
            models.UniqueConstraint(fields=["package", "service"], name="billing_package_part_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="billing_package_part_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.quantity}"


class PackageSale(UUIDModel):
    """A package a patient bought, by one charge. `valid_to` is the first day on which nothing may be taken any more.

    `is_open` is the database's own: true while the charge stands on an issued invoice and nothing of it was credited.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="sales")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="packages")
    charge = models.OneToOneField("billing.Charge", on_delete=models.PROTECT, related_name="package_sale")
    valid_to = models.DateField(_("Valid until (not included)"))
    is_open = models.BooleanField(_("May be used"), default=False, editable=False)

    class Meta:
        verbose_name = _("Package sold")
        ordering = ["valid_to", "id"]

    def __str__(self) -> str:
        return f"{self.package_id} {self.patient_id}"

    @property
    def last_day(self) -> datetime.date:
        return self.valid_to - datetime.timedelta(days=1)


class PackageCover(UUIDModel):
    """What a sold package holds of one service. `used` is counted by the database and never passes `quantity`."""

    sale = models.ForeignKey(PackageSale, on_delete=models.PROTECT, related_name="covers")
    service = models.ForeignKey("billing.Service", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3)
    used = models.DecimalField(
        pgettext_lazy("package", "Used"), max_digits=12, decimal_places=3, default=Decimal(0), editable=False
    )

    class Meta:
        verbose_name = _("Content of a package sold")
        ordering = ["service__code"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "service"], name="billing_package_cover_once"),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("quantity")), name="billing_package_never_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.used}/{self.quantity}"

    @property
    def left(self) -> Decimal:
        return self.quantity - self.used


class PackageUse(UUIDModel):
    """A charge for nothing because a package held it; `live` is false once that was taken back."""

    cover = models.ForeignKey(PackageCover, on_delete=models.PROTECT, related_name="uses")
    charge = models.OneToOneField("billing.Charge", on_delete=models.PROTECT, related_name="package_use")
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3)
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("Service taken from a package")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="billing_package_use_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.cover_id} {self.quantity}"
