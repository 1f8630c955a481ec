from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core.clock import now
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from patients.states import Confidentiality, GlassReason


class _Hour(Func):
    """The interval of one hour, as SQL."""

    template = "interval '1 hour'"
    output_field = models.DurationField()


class AccessGrant(AppendOnly, UUIDModel):
    """Somebody broke the glass: one person may read one guarded record until ``expires_at``. Never changed.

    The database keeps a grant within an hour, and two grants of one person for one patient from overlapping.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="access_grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=150)  # plain values: the list outlives the account
    role = models.CharField(max_length=200)
    confidentiality = models.CharField(max_length=16)  # as it was when the glass broke
    reason = models.CharField(max_length=16, choices=GlassReason)
    explanation = EncryptedTextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="accessgrant_within_an_hour",
                condition=Q(expires_at__gt=F("opened_at")) & Q(expires_at__lte=F("opened_at") + _Hour()),
            ),
            models.CheckConstraint(name="accessgrant_reason_known", condition=Q(reason__in=GlassReason.values)),
            ExclusionConstraint(
                name="accessgrant_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    (
                        Func(F("opened_at"), F("expires_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(name="accessgrant_of_person", fields=["user", "-expires_at"])]

    @property
    def is_open(self) -> bool:
        return self.opened_at <= now() < self.expires_at

    @property
    def level(self) -> str:
        """How confidential the record was when the glass broke, in words."""
        return str(Confidentiality(self.confidentiality).label)

    def __str__(self) -> str:
        return f"{self.user_name} {self.opened_at:%Y-%m-%d %H:%M}"
