"""A clinical note: draft while typed, then signed; afterwards only addenda."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinical.states import NoteStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel, VersionedModel
from patients.states import Confidentiality

SECTIONS = ("subjective", "objective", "assessment", "plan")


class Note(VersionedModel):
    """SOAP note of an encounter, or an addendum to a signed one (its text stands in `subjective`).

    A database trigger refuses every change and deletion of a signed row.
    """

    encounter = models.ForeignKey("clinical.Encounter", on_delete=models.PROTECT, related_name="notes")
    addendum_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="addenda")
    status = models.CharField(max_length=8, choices=NoteStatus, default=NoteStatus.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # who reads it beside the author, see clinical.access; chosen while it is a draft
    confidentiality = models.CharField(max_length=16, choices=Confidentiality, default=Confidentiality.NORMAL)
    subjective = EncryptedTextField(blank=True, default="")
    objective = EncryptedTextField(blank=True, default="")
    assessment = EncryptedTextField(blank=True, default="")
    plan = EncryptedTextField(blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_by_name = models.CharField(max_length=150, blank=True)

    read_addenda: list["Note"] | None = None  # those the reader may read, set by the page

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["author", "created_at"], condition=Q(status="draft"), name="note_to_sign"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter"], condition=Q(addendum_to__isnull=True), name="note_one_per_encounter"
            ),
            models.CheckConstraint(condition=Q(status__in=NoteStatus.values), name="note_status_known"),
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality.values), name="note_confidentiality_known"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", signed_at__isnull=True, signed_by__isnull=True)
                | Q(status="signed", signed_at__isnull=False, signed_by__isnull=False),
                name="note_signed_means_signature",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(signed_at__gte=F("created_at")), name="note_signed_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.version}"

    @property
    def is_signed(self) -> bool:
        return self.status == NoteStatus.SIGNED

    @property
    def is_restricted(self) -> bool:
        """Whether not everybody who reads the patient's notes may see this one."""
        return self.confidentiality != Confidentiality.NORMAL

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, section).strip() for section in SECTIONS)

    def texts(self) -> dict[str, str]:
        return {section: getattr(self, section) for section in SECTIONS}


class NoteRevision(AppendOnly, UUIDModel):
    """What a note said at one moment: when it was signed, and whenever another page's text replaced it."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    why = models.CharField(max_length=12)  # signed, replaced
    by_id = models.CharField(max_length=36, blank=True)
    by_name = models.CharField(max_length=150, blank=True)
    subjective = EncryptedTextField(blank=True, default="")
    objective = EncryptedTextField(blank=True, default="")
    assessment = EncryptedTextField(blank=True, default="")
    plan = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ["version", "created_at"]
        constraints = [models.UniqueConstraint(fields=["note", "version", "why"], name="noterevision_once_a_version")]

    def __str__(self) -> str:
        return f"{self.version} {self.why}"
