from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel, VersionedModel
from patients.states import VISIT_FLOW, Payer, VisitKind, VisitStatus


class Visit(VersionedModel):
    """One coming of a patient to one department; thin on purpose, departments hang their own records on it.

    ``date`` is the hospital's date (Asia/Phnom_Penh) of the opening.
    """

    number = models.CharField(_("visit number"), max_length=20, unique=True)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(_("kind"), max_length=12, choices=VisitKind)
    status = models.CharField(_("status"), max_length=9, choices=VisitStatus, default=VisitStatus.OPEN)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("accounts.Department", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    payer = models.CharField(_("payer"), max_length=12, choices=Payer, default=Payer.SELF)
    payer_note = EncryptedTextField(_("name of the payer"), max_length=120, blank=True, default="")
    reason = EncryptedTextField(_("reason for coming"), blank=True, default="")
    date = models.DateField(_("date"))
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_visit_per_patient_department_day",
                fields=["patient", "department", "date"],
                condition=models.Q(status=VisitStatus.OPEN),
            ),
            models.CheckConstraint(name="visit_status_known", condition=models.Q(status__in=VisitStatus.values)),
            models.CheckConstraint(name="visit_kind_known", condition=models.Q(kind__in=VisitKind.values)),
            models.CheckConstraint(
                name="visit_closed_has_time",
                condition=models.Q(status=VisitStatus.OPEN, closed_at__isnull=True)
                | (~models.Q(status=VisitStatus.OPEN) & models.Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="visit_day", fields=["date", "-id"]),
            models.Index(name="visit_open", fields=["-id"], condition=models.Q(status=VisitStatus.OPEN)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status == VisitStatus.OPEN

    @property
    def can_close(self) -> bool:
        return VISIT_FLOW.can("close", self.status)

    @property
    def can_cancel(self) -> bool:
        return VISIT_FLOW.can("cancel", self.status)


class VisitMove(AppendOnly, UUIDModel):
    """Who moved a visit from which status to which, when and why; written by the visit services, never changed."""

    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=9, blank=True, default="")
    to_status = models.CharField(max_length=9, choices=VisitStatus)
    reason = EncryptedTextField(max_length=200, blank=True, default="")
    # empty where no person acted: a visit closes by itself once everything in it is done and settled
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.to_status
