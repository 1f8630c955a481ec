from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel


class WatchedPatient(UUIDModel):
    """A record that people are curious about: who reads it without treating the patient raises an alert.

    Nothing about it shows on the chart: a mark would say who is famous.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(_("reason"), max_length=200)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="watched_once_at_a_time", fields=["patient"], condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"watched by {self.by_name}"
