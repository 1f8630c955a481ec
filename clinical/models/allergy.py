"""What a patient does not tolerate, and whether anybody asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.states import AllergyKind, RecordStatus, Severity
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Allergy(UUIDModel):
    """One substance. Where it is known as a medicine, INN name and ATC code let prescribing check against it."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="allergies")
    kind = models.CharField(max_length=12, choices=AllergyKind, default=AllergyKind.MEDICINE)
    substance = EncryptedTextField()  # as written; INN name where coded
    atc_code = EncryptedTextField(blank=True, default="")  # full code, or a class such as J01C
    reaction = EncryptedTextField(blank=True, default="")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.MODERATE)
    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_reason = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "allergies"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AllergyKind.values), name="allergy_kind_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="allergy_severity_known"),
            models.CheckConstraint(condition=Q(status__in=RecordStatus.values), name="allergy_status_known"),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="allergy_patient")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_severe(self) -> bool:
        return self.severity == Severity.SEVERE


class AllergyReview(UUIDModel):
    """Somebody asked and the answer was: none known. Without it an empty list means nobody asked."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="allergy_reviews")
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-reviewed_at"]
        indexes = [models.Index(fields=["patient", "-reviewed_at"], name="allergyreview_patient")]

    def __str__(self) -> str:
        return f"{self.reviewed_at:%Y-%m-%d}"
