from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from oversight.states import OPEN, Outcome, Rule


class Alert(AppendOnly, UUIDModel):
    """Reading that a rule found unusual, with its evidence as it was found; never changed. Open until decided.

    ``key`` names the occasion (a person's day, one patient's day), so that finding it again writes nothing.
    ``evidence`` holds numbers and codes only; ``records`` are numbers of the trail's records.
    """

    rule = models.CharField(_("rule"), max_length=20, choices=Rule)
    key = models.CharField(max_length=120)
    concerned_id = models.UUIDField()  # plain values, as in the trail: an alert outlives the account
    concerned_name = models.CharField(max_length=200)
    concerned_role = models.CharField(max_length=200, blank=True)
    patient_id = models.UUIDField(_("patient"), null=True, blank=True)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    records = ArrayField(models.BigIntegerField())
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="alert_once_per_occasion", fields=["rule", "concerned_id", "key"]),
            models.CheckConstraint(name="alert_rule_known", condition=Q(rule__in=Rule.values)),
            models.CheckConstraint(name="alert_window_runs_forward", condition=Q(window_end__gte=F("window_start"))),
        ]
        indexes = [models.Index(name="alert_of_person", fields=["concerned_id", "-id"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.concerned_name}"

    @property
    def state(self) -> str:
        decision = getattr(self, "decision", None)
        return decision.outcome if decision else OPEN

    @property
    def is_open(self) -> bool:
        return self.state == OPEN


class Decision(AppendOnly, UUIDModel):
    """How an alert ended, by whom and why; one per alert, never changed, never by the person concerned."""

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = EncryptedTextField(_("reason"))
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=200)
    by_role = models.CharField(max_length=200, blank=True)
    concerned_id = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="decision_by_somebody_else", condition=~Q(by_id=F("concerned_id"))),
            models.CheckConstraint(name="decision_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.by_name}"


class Mark(models.Model):
    """Up to when readings were looked at; one row."""

    id = models.SmallIntegerField(primary_key=True)
    seen_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seen_until:%Y-%m-%d %H:%M}"
