"""A diagnosis made in an encounter. Code and words are encrypted; a blind index serves counting and looking up."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.states import CaseKind, Certainty, DiagnosisRole, RecordStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Diagnosis(UUIDModel):
    encounter = models.ForeignKey("clinical.Encounter", on_delete=models.PROTECT, related_name="diagnoses")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="diagnoses")
    code = EncryptedTextField()  # ICD-10
    text = EncryptedTextField()  # the term in the language it was chosen in
    code_index = models.BigIntegerField()  # blind index of the code
    role = models.CharField(max_length=16, choices=DiagnosisRole, default=DiagnosisRole.PRIMARY)
    certainty = models.CharField(max_length=16, choices=Certainty, default=Certainty.CONFIRMED)
    case_kind = models.CharField(max_length=12, choices=CaseKind, default=CaseKind.NEW)
    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "diagnoses"
        constraints = [
            models.UniqueConstraint(
                fields=["encounter"], condition=Q(role="primary", status="active"), name="diagnosis_one_main"
            ),
            models.UniqueConstraint(
                fields=["encounter", "code_index"], condition=Q(status="active"), name="diagnosis_code_once"
            ),
            models.CheckConstraint(condition=Q(role__in=DiagnosisRole.values), name="diagnosis_role_known"),
            models.CheckConstraint(condition=Q(certainty__in=Certainty.values), name="diagnosis_certainty_known"),
            models.CheckConstraint(condition=Q(case_kind__in=CaseKind.values), name="diagnosis_case_known"),
            models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="diagnosis_status_known"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="diagnosis_patient"),
            models.Index(fields=["code_index", "created_at"], name="diagnosis_code"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.get_certainty_display()}"
