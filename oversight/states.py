"""Closed lists of the oversight room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Rule(TextChoices):
    """What made a reading unusual."""

    MANY_PATIENTS = "many_patients", _("Many patients in little time")
    GUARDED = "guarded", _("A confidential or watched record, without treating the patient")
    OWN_FAMILY = "own_family", _("The record of the person or of the own household")
    SAME_SURNAME = "same_surname", _("A patient with the person's surname, who is not being treated now")
    UNUSUAL_HOURS = "unusual_hours", _("Outside the person's usual hours")
    OTHER_DEPARTMENT = "other_department", _("Patients of other departments only")


class Outcome(TextChoices):
    """How an alert ended."""

    EXPLAINED = "explained", _("Explained")
    BREACH = "breach", _("Breach")


OPEN = "open"
