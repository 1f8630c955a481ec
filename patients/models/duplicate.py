from django.conf import settings
from django.db import models

from core.fields import EncryptedTextField
from core.models import UUIDModel


class DuplicateAnswer(UUIDModel):
    """Somebody looked at a likely duplicate and said why it is a different person."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="duplicate_answers")
    other = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reason = EncryptedTextField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="one_answer_per_pair_of_patients", fields=["patient", "other"]),
            models.CheckConstraint(name="duplicate_of_somebody_else", condition=~models.Q(patient=models.F("other"))),
        ]

    def __str__(self) -> str:
        return str(self.pk)
