from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from pharmacy.models.dispense import DispenseLine
from pharmacy.models.location import Location


class MedicineReturn(AppendOnly, UUIDModel):
    """Units of a known lot brought back by the patient, into the store or into quarantine."""

    line = models.ForeignKey(DispenseLine, on_delete=models.PROTECT, related_name="returns")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("Quantity"))
    reason = EncryptedTextField(_("Reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [models.CheckConstraint(name="pharmacy_return_positive", condition=Q(quantity__gte=1))]

    def __str__(self) -> str:
        return str(self.quantity)
