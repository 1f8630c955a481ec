from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel


class LegalHold(UUIDModel):
    """A court, a claim or an inquiry needs the record: nothing of it is erased while the hold stands.

    Set once, lifted once, never changed otherwise; the database refuses an erasure while one is open.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="legal_holds")
    reason = EncryptedTextField(_("reason"), max_length=500)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("set by"), on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("lifted by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lift_reason = EncryptedTextField(_("reason for lifting"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="legalhold_one_at_a_time", fields=["patient"], condition=Q(lifted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="legalhold_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.lifted_at is None
