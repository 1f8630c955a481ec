from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel, VersionedModel
from pharmacy.models.batch import Batch
from pharmacy.models.location import Location
from pharmacy.models.prescription import Prescription, PrescriptionItem
from pharmacy.states import OPEN_DISPENSES, DispenseStatus


class Dispense(VersionedModel):
    """One bag: reserved lots for one prescription at one location, until it is handed over, cancelled or released."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="dispenses")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("Status"), max_length=16, choices=DispenseStatus, default=DispenseStatus.PREPARED)
    needs_check = models.BooleanField(default=False)
    needs_payment = models.BooleanField(default=False)
    reserved_until = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    unpaid_reason = EncryptedTextField(_("Reason for handing over unpaid"), blank=True, default="")
    unpaid_override = models.BooleanField(default=False)

    class Meta:
        ordering = ["-prepared_at", "-id"]
        constraints = [
            models.CheckConstraint(name="pharmacy_dispense_status", condition=Q(status__in=DispenseStatus.values)),
            models.UniqueConstraint(
                fields=["prescription"], condition=Q(status__in=OPEN_DISPENSES), name="pharmacy_one_open_dispense"
            ),
            models.CheckConstraint(
                name="pharmacy_second_check_by_another",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("prepared_by")),
            ),
            # Whatever the screen does, a high-alert medicine never leaves without a second person's check.
            models.CheckConstraint(
                name="pharmacy_high_alert_was_checked",
                condition=~Q(status="handed_over") | Q(needs_check=False) | Q(checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="pharmacy_handed_over_by_somebody",
                condition=~Q(status="handed_over") | Q(handed_over_by__isnull=False, handed_over_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["reserved_until"], condition=Q(status__in=OPEN_DISPENSES), name="pharmacy_open_reservations"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prescription} {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_DISPENSES

    @property
    def waits_for_check(self) -> bool:
        return self.is_open and self.needs_check and self.checked_by_id is None

    @property
    def is_handed_over(self) -> bool:
        return self.status == DispenseStatus.HANDED_OVER


class DispenseLine(UUIDModel):
    """So many units of one lot for one item. Its id is the source of the stock line and of the charge."""

    dispense = models.ForeignKey(Dispense, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(PrescriptionItem, on_delete=models.PROTECT, related_name="lines")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("Quantity"))
    returned = models.PositiveIntegerField(_("Returned"), default=0)
    batch_reason = EncryptedTextField(_("Reason for another batch"), max_length=255, blank=True)

    class Meta:
        ordering = ["item__position", "batch__expires_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["dispense", "item", "batch"], name="pharmacy_line_once"),
            models.CheckConstraint(name="pharmacy_line_quantity_positive", condition=Q(quantity__gte=1)),
            models.CheckConstraint(name="pharmacy_line_returned_within", condition=Q(returned__lte=F("quantity"))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.batch_id}"

    @property
    def kept(self) -> int:
        """Units the patient kept: what is charged."""
        return self.quantity - self.returned
