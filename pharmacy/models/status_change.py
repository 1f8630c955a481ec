from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from pharmacy.models.dispense import Dispense
from pharmacy.models.prescription import Prescription, PrescriptionItem


class StatusChange(AppendOnly, UUIDModel):
    """Who moved a prescription, one of its items or a dispense from which status to which, when and why."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="changes")
    item = models.ForeignKey(PrescriptionItem, on_delete=models.PROTECT, null=True, related_name="changes")
    dispense = models.ForeignKey(Dispense, on_delete=models.PROTECT, null=True, related_name="changes")
    verb = models.CharField(max_length=24)
    from_status = models.CharField(max_length=24)
    to_status = models.CharField(max_length=24)
    reason = EncryptedTextField(_("Reason"), blank=True, default="")
    # Empty when a timer moved it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.verb}: {self.from_status} > {self.to_status}"
