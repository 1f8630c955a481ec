from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import UUIDModel
from patients.states import ERASURE_FLOW, ErasureKind, ErasureStatus

OPEN = [ErasureStatus.REQUESTED, ErasureStatus.APPROVED, ErasureStatus.RUNNING]


class Erasure(UUIDModel):
    """A patient wants to be forgotten, or the time of keeping is over: asked by one person, decided by another.

    Before the time of keeping is over a record can only be closed. ``counts`` says how many rows of which table were
    blanked or removed. The database keeps the order of the states, the two persons, legal holds and the legal minimum.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(_("kind"), max_length=8, choices=ErasureKind)
    status = models.CharField(_("status"), max_length=9, choices=ErasureStatus, default=ErasureStatus.REQUESTED)
    reason = EncryptedTextField(_("reason"), max_length=500)
    # empty where nobody asked: the time of keeping was over, and the run's releaser decided
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    run = models.ForeignKey(
        "patients.RetentionRun",
        verbose_name=_("preview"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="erasures",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = EncryptedTextField(_("reason of the decision"), max_length=500, blank=True, default="")
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    counts = models.JSONField(_("rows by table"), default=dict, blank=True)
    problem = models.CharField(_("problem"), max_length=80, blank=True)  # the kind of an error, never its text

    class Meta:
        ordering = ["-id"]
        constraints = [
            ERASURE_FLOW.constraint("erasure_status_known"),
            models.CheckConstraint(name="erasure_kind_known", condition=Q(kind__in=ErasureKind.values)),
            models.CheckConstraint(
                name="erasure_needs_four_eyes", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="erasure_asked_by_somebody",
                condition=Q(asked_by__isnull=False, run__isnull=True) | Q(asked_by__isnull=True, run__isnull=False),
            ),
            models.CheckConstraint(
                name="erasure_decided_by_somebody",
                condition=Q(status=ErasureStatus.REQUESTED, decided_by__isnull=True, decided_at__isnull=True)
                | Q(status=ErasureStatus.TAKEN_BACK)
                | (~Q(status=ErasureStatus.REQUESTED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.UniqueConstraint(name="erasure_one_at_a_time", fields=["patient"], condition=Q(status__in=OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def awaits_decision(self) -> bool:
        return self.status == ErasureStatus.REQUESTED
