from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from patients.states import RETENTION_FLOW, RetentionStatus


class RetentionRun(UUIDModel):
    """What a night found to be beyond its time of keeping: a preview, which a person releases before anything goes."""

    status = models.CharField(_("status"), max_length=10, choices=RetentionStatus, default=RetentionStatus.PREVIEW)
    records = models.PositiveIntegerField(_("records"))
    oldest = models.DateField(_("oldest last contact"))
    counts = models.JSONField(_("rows by table"), default=dict)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    reason = EncryptedTextField(_("reason"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            RETENTION_FLOW.constraint("retentionrun_status_known"),
            models.CheckConstraint(
                name="retentionrun_released_by_somebody",
                condition=Q(
                    status__in=[RetentionStatus.PREVIEW, RetentionStatus.REPLACED],
                    released_by__isnull=True,
                    released_at__isnull=True,
                )
                | Q(
                    status__in=[RetentionStatus.RELEASED, RetentionStatus.DONE],
                    released_by__isnull=False,
                    released_at__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="retentionrun_one_preview", fields=["status"], condition=Q(status=RetentionStatus.PREVIEW)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d} {self.status}"

    @property
    def is_preview(self) -> bool:
        return self.status == RetentionStatus.PREVIEW


class RetentionItem(UUIDModel):
    """One record of a preview, with the day of its last contact."""

    run = models.ForeignKey(RetentionRun, verbose_name=_("preview"), on_delete=models.CASCADE, related_name="items")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    last_contact = models.DateField(_("last contact"))

    class Meta:
        ordering = ["last_contact", "id"]
        constraints = [models.UniqueConstraint(name="retentionitem_once", fields=["run", "patient"])]

    def __str__(self) -> str:
        return f"{self.last_contact:%Y-%m-%d}"
