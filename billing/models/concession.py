"""Asking that a patient pays less: a discount above the limit, or a share that a fund pays."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.states import DECISION_FLOW, DecisionStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class ConcessionKind(models.TextChoices):
    DISCOUNT = "discount", _("Discount")
    EXEMPTION = "exemption", pgettext_lazy("concession", "Exemption")


class Concession(UUIDModel):
    """A share of a draft invoice that the patient shall not pay (0.5 is half), decided by somebody else than who asked.

    An exemption is what remains after discounts and names the fund that pays; one of a kind waits at a time.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="concessions")
    kind = models.CharField(_("Kind"), max_length=10, choices=ConcessionKind)
    fund = models.ForeignKey(
        "billing.Fund", on_delete=models.PROTECT, null=True, blank=True, related_name="concessions"
    )
    rate = models.DecimalField(_("Share"), max_digits=5, decimal_places=4)
    reason = EncryptedTextField(_("Reason"), max_length=200)
    status = models.CharField(_("Status"), max_length=12, choices=DecisionStatus, default=DecisionStatus.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Concession")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], condition=Q(status="requested"), name="billing_concession_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "kind"], condition=Q(status="requested"), name="billing_one_concession_waits"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=1), name="billing_concession_rate"),
            models.CheckConstraint(
                condition=Q(kind="discount", fund__isnull=True) | Q(kind="exemption", fund__isnull=False),
                name="billing_concession_kind",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="billing_concession_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True)
                | Q(status="approved", decided_by__isnull=False)
                | (Q(status="declined", decided_by__isnull=False) & ~Q(decline_reason="")),
                name="billing_concession_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rate}"

    @property
    def percent(self) -> Decimal:
        return (self.rate * 100).quantize(Decimal("0.01"))

    @property
    def is_exemption(self) -> bool:
        return self.kind == ConcessionKind.EXEMPTION

    @property
    def can_decide(self) -> bool:
        return DECISION_FLOW.can("approve", self.status)
