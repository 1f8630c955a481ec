from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel
from pharmacy.models.medicine import validate_atc
from pharmacy.states import Severity

PAIR_SEVERITIES = [choice for choice in Severity.choices if choice[0] != Severity.UNAVAILABLE]


class Interaction(UUIDModel):
    """A pair of medicines or classes that should not meet unnoticed; each side holds one or more ATC prefixes."""

    number = models.PositiveIntegerField(unique=True)
    a_name = models.CharField(_("First medicine or class"), max_length=160)
    a_atc = ArrayField(models.CharField(max_length=7, validators=[validate_atc]), verbose_name=_("First ATC codes"))
    b_name = models.CharField(_("Second medicine or class"), max_length=160)
    b_atc = ArrayField(models.CharField(max_length=7, validators=[validate_atc]), verbose_name=_("Second ATC codes"))
    severity = models.CharField(_("Severity"), max_length=16, choices=PAIR_SEVERITIES)
    effect = models.CharField(_("Effect"), max_length=255)
    management = models.CharField(_("What to do"), max_length=255, blank=True)
    severity_source = models.CharField(_("Source of the severity"), max_length=255, blank=True)
    source = models.TextField(_("Source"), blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="pharmacy_interaction_severity",
                condition=models.Q(severity__in=["contraindicated", "major", "moderate", "minor"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.a_name} + {self.b_name}"
