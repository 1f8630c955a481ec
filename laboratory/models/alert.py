from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from laboratory.models.result import Result


class CriticalAlert(UUIDModel):
    """A critical result stays on everybody's list until a doctor has acknowledged it.

    A call by telephone is noted beside it (who was told, who read the value back); it does not replace the doctor's
    own acknowledgement.
    """

    result = models.OneToOneField(Result, on_delete=models.PROTECT, related_name="alert")
    raised_at = models.DateTimeField(_("raised at"))
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    called_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    call_note = EncryptedTextField(_("who was called and read the value back"), blank=True, default="")
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("critical result")
        verbose_name_plural = _("critical results")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], condition=Q(acknowledged_at__isnull=True), name="alert_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__gte=F("raised_at")),
                name="alert_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True) | Q(called_by__isnull=False), name="alert_called_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.result_id)

    @property
    def is_open(self) -> bool:
        return self.acknowledged_at is None
