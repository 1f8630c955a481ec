from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.fields import EncryptedTextField
from core.models import StoredFile, UUIDModel
from patients.states import EXPORT_FLOW, ExportStatus


class DataExport(UUIDModel):
    """Somebody asked for everything that is known of a patient, to be handed to the patient; a job makes it.

    ``passphrase`` is kept, encrypted, only until the archive is made: it was shown when it was asked for, and once.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="data_exports")
    reason = EncryptedTextField(_("reason"), max_length=500)
    language = models.CharField(_("language"), max_length=10)
    status = models.CharField(_("status"), max_length=8, choices=ExportStatus, default=ExportStatus.QUEUED)
    done = models.PositiveSmallIntegerField(_("tables read"), default=0)
    total = models.PositiveSmallIntegerField(_("tables"), default=0)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    left_out = models.PositiveIntegerField(_("rows left out"), default=0)
    passphrase = EncryptedTextField(_("passphrase"), max_length=60, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=80, blank=True)  # the kind of an error, never its text

    class Meta:
        ordering = ["-id"]
        constraints = [
            EXPORT_FLOW.constraint("dataexport_status_known"),
            models.CheckConstraint(
                name="dataexport_passphrase_is_forgotten",
                condition=Q(status__in=[ExportStatus.QUEUED, ExportStatus.RUNNING]) | Q(passphrase=""),
            ),
            models.CheckConstraint(
                name="dataexport_ready_expires", condition=~Q(status=ExportStatus.READY) | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(name="dataexport_within_its_tables", condition=Q(done__lte=F("total"))),
            models.UniqueConstraint(
                name="dataexport_one_at_a_time",
                fields=["patient"],
                condition=Q(status__in=[ExportStatus.QUEUED, ExportStatus.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.created_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether the job still has to finish."""
        return self.status in {ExportStatus.QUEUED, ExportStatus.RUNNING}

    @property
    def is_ready(self) -> bool:
        return self.status == ExportStatus.READY and self.expires_at is not None and now() < self.expires_at


class ExportFile(StoredFile, UUIDModel):
    """The archive of an export, encrypted in storage as every file; the row goes with the file when it expires."""

    export = models.OneToOneField(DataExport, verbose_name=_("archive"), on_delete=models.PROTECT, related_name="file")

    def __str__(self) -> str:
        return str(self.pk)
