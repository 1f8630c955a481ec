"""What is kept of a patient besides fields: the photo, scanned papers. The files lie encrypted in storage."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import EncryptedTextField
from core.models import StoredFile, UUIDModel
from patients.states import DocumentKind


class PatientDocument(StoredFile, UUIDModel):
    """One file of a patient. It is never changed; removing it takes it from the record and says who and why."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=10, choices=DocumentKind)
    title = EncryptedTextField(blank=True, default="")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_reason = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/jpeg", "application/pdf"]), name="document_type_we_keep"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="document_removed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(kind="photo", removed_at__isnull=True), name="document_one_photo"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-id"], name="document_of_patient")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_picture(self) -> bool:
        return self.content_type == "image/jpeg"
