"""The problem list and the history of a patient: what stays true beyond one encounter."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.states import HistoryKind, RecordStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Condition(UUIDModel):
    """A lasting problem, coded to ICD-10 where possible."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="conditions")
    code = EncryptedTextField(blank=True, default="")
    text = EncryptedTextField()
    since_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="condition_status_known"),
            models.CheckConstraint(
                condition=Q(since_year__isnull=True) | Q(since_year__range=(1900, 2200)), name="condition_year_possible"
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="condition_patient")]

    def __str__(self) -> str:
        return self.get_status_display()


class HistoryItem(UUIDModel):
    """Medical, surgical, family, social or obstetric history, in words."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="history_items")
    kind = models.CharField(max_length=12, choices=HistoryKind, default=HistoryKind.MEDICAL)
    text = EncryptedTextField()
    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HistoryKind.values), name="history_kind_known"),
            models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="history_status_known"),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="history_patient")]

    def __str__(self) -> str:
        return self.get_kind_display()
