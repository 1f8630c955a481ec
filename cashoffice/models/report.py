"""What a shift leaves behind: its Z report, frozen when it closes, and the review of a difference above the limit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cashoffice.states import VARIANCE_FLOW, VarianceStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel


class ShiftReport(UUIDModel, AppendOnly):
    """The Z report of a closed shift: `number` is gapless per drawer, `figures` what the ledger said at that moment."""

    drawer = models.ForeignKey("billing.Drawer", on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField(_("Number"))
    shift = models.OneToOneField("billing.Shift", on_delete=models.PROTECT, related_name="report")
    figures = models.JSONField(_("Figures"))
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Report of a shift")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["drawer", "number"], name="cashoffice_report_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="cashoffice_report_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"Z{self.number:05d}"


class Variance(UUIDModel):
    """A drawer's difference above the limit: somebody else than the cashier looks at it before it is accepted.

    `worth_usd` is the sum of both differences without their signs, in dollars at the rate of the day it was closed.
    """

    shift = models.OneToOneField("billing.Shift", on_delete=models.PROTECT, related_name="variance")
    status = models.CharField(_("Status"), max_length=12, choices=VarianceStatus, default=VarianceStatus.WAITING)
    worth_usd = models.DecimalField(_("Worth in dollars"), max_digits=14, decimal_places=2)
    limit_usd = models.DecimalField(_("Limit in dollars"), max_digits=14, decimal_places=2)
    note = EncryptedTextField(_("Note"), max_length=300, blank=True, default="")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("Reviewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("Difference of a drawer")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=VarianceStatus.values), name="cashoffice_variance_status"),
            models.CheckConstraint(
                condition=Q(status="waiting", reviewed_by__isnull=True)
                | (Q(status="reviewed", reviewed_by__isnull=False) & ~Q(note="")),
                name="cashoffice_variance_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.worth_usd} USD"

    @property
    def is_waiting(self) -> bool:
        return VARIANCE_FLOW.can("review", self.status)
