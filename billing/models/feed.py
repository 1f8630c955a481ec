"""Where the daily exchange rate comes from, and rates that a person has to look at before they count."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.states import PROPOSAL_FLOW, ProposalStatus
from core.models import UUIDModel


class RateFeed(UUIDModel):
    """An address that publishes riel for one dollar every day; there is at most one.

    `field` says where the number stands: names and positions with points between them for JSON (``data.average``), the
    name of a column for CSV (its last row counts). A change beyond `percent` waits for a person.
    """

    class Form(models.TextChoices):
        JSON = "json", "JSON"
        CSV = "csv", "CSV"

    url = models.URLField(_("Address"), max_length=300)
    form = models.CharField(_("Form"), max_length=4, choices=Form, default=Form.JSON)
    field = models.CharField(_("Where the rate stands"), max_length=100, default="data.average")
    source = models.CharField(_("Source"), max_length=120)
    percent = models.DecimalField(_("Largest change without a person, in percent"), max_digits=4, decimal_places=1)
    is_active = models.BooleanField(_("in use"), default=False)
    asked_at = models.DateTimeField(_("Last asked"), null=True, blank=True)
    problem = models.CharField(_("Last problem"), max_length=200, blank=True, default="")
    only = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        verbose_name = _("Feed of exchange rates")
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="billing_rate_feed_only_one"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=20), name="billing_rate_feed_percent"),
        ]

    def __str__(self) -> str:
        return self.source


class RateProposal(UUIDModel):
    """A published rate too far from the one in force: it counts once a person accepts it."""

    effective_on = models.DateField(_("From"))
    riel_per_dollar = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2)
    compared_with = models.DecimalField(_("Rate in force"), max_digits=10, decimal_places=2)
    source = models.CharField(_("Source"), max_length=120)
    status = models.CharField(_("Status"), max_length=10, choices=ProposalStatus, default=ProposalStatus.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rate = models.OneToOneField(
        "billing.ExchangeRate", on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        verbose_name = _("Exchange rate to be confirmed")
        ordering = ["-id"]
        constraints = [
            PROPOSAL_FLOW.constraint("billing_rate_proposal_status"),
            models.CheckConstraint(condition=Q(riel_per_dollar__gt=0), name="billing_rate_proposal_positive"),
            models.UniqueConstraint(fields=["effective_on", "riel_per_dollar"], name="billing_rate_proposed_once"),
            models.CheckConstraint(
                condition=Q(status="accepted", rate__isnull=False, decided_by__isnull=False)
                | Q(status="declined", rate__isnull=True, decided_by__isnull=False)
                | Q(status="waiting", rate__isnull=True, decided_by__isnull=True),
                name="billing_rate_proposal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.riel_per_dollar}"

    @property
    def is_waiting(self) -> bool:
        return self.status == ProposalStatus.WAITING
