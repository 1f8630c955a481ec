from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from pharmacy.models.prescription import PrescriptionItem
from pharmacy.states import CheckKind, CheckStage, Severity


class SafetyWarning(AppendOnly, UUIDModel):
    """A warning that was shown when an item was signed or handed over, and why it was overridden if it was blocking."""

    item = models.ForeignKey(PrescriptionItem, on_delete=models.PROTECT, related_name="warnings")
    stage = models.CharField(_("Stage"), max_length=16, choices=CheckStage)
    kind = models.CharField(_("Kind"), max_length=16, choices=CheckKind)
    severity = models.CharField(_("Severity"), max_length=16, choices=Severity)
    key = models.CharField(max_length=120)  # the same finding has the same key whenever the checks run
    text = EncryptedTextField(_("Warning"))
    reason = EncryptedTextField(_("Reason"), blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["item", "stage"], name="pharmacy_warning_of_item")]
        constraints = [
            models.CheckConstraint(name="pharmacy_warning_kind", condition=Q(kind__in=CheckKind.values)),
            models.CheckConstraint(name="pharmacy_warning_severity", condition=Q(severity__in=Severity.values)),
            # Nobody passes an allergy, a contraindication or a major interaction without a written reason.
            models.CheckConstraint(
                name="pharmacy_warning_blocking_has_reason",
                condition=~Q(severity__in=["contraindicated", "major"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.severity}"
