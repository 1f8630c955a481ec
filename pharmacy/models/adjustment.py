from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import VersionedModel
from pharmacy.models.batch import Batch
from pharmacy.models.location import Location
from pharmacy.states import AdjustmentReason, AdjustmentStatus


class StockAdjustment(VersionedModel):
    """A correction of the record to what is really on the shelf; above a limit another person approves it."""

    number = models.PositiveBigIntegerField(_("Number"), unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="adjustments")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="adjustments")
    quantity = models.IntegerField(
        pgettext_lazy("stock", "Change"), help_text=_("Negative when units are missing or removed.")
    )
    reason = models.CharField(_("Reason"), max_length=16, choices=AdjustmentReason)
    note = models.CharField(_("Note"), max_length=255)
    needs_approval = models.BooleanField(default=False)
    status = models.CharField(_("Status"), max_length=16, choices=AdjustmentStatus, default=AdjustmentStatus.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(_("Reason for refusing"), max_length=255, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(name="pharmacy_adjustment_status", condition=Q(status__in=AdjustmentStatus.values)),
            models.CheckConstraint(name="pharmacy_adjustment_not_zero", condition=~Q(quantity=0)),
            models.CheckConstraint(
                name="pharmacy_adjustment_approved_by_another",
                condition=Q(needs_approval=False) | Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="pharmacy_adjustment_applied_when_approved",
                condition=~Q(status="applied") | Q(needs_approval=False) | Q(decided_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "-number"], name="pharmacy_adjustment_open")]

    def __str__(self) -> str:
        return f"ADJ-{self.number:06d}"

    @property
    def is_waiting(self) -> bool:
        return self.status == AdjustmentStatus.REQUESTED

    @property
    def signed_quantity(self) -> str:
        return f"{self.quantity:+d}"
