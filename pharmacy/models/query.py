from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from pharmacy.models.prescription import Prescription


class PrescriptionQuery(UUIDModel):
    """A pharmacist's question to the prescriber; the prescription waits until it is answered."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="queries")
    question = EncryptedTextField(_("Question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = EncryptedTextField(_("Answer"), blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription"], condition=Q(answered_at__isnull=True), name="pharmacy_one_open_query"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
