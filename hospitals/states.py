"""States of a hospital and the moves between them (PRODUCT rules, section 4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Flow, Move


class HospitalStatus(models.TextChoices):
    PROVISIONING = "provisioning", _("Being set up")
    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


S = HospitalStatus
OPEN = frozenset({S.TRIAL, S.ACTIVE})

hospital_flow = Flow(
    field="status",
    moves={
        "open": Move({S.PROVISIONING}, S.TRIAL),
        "activate": Move({S.TRIAL, S.SUSPENDED}, S.ACTIVE),
        "suspend": Move({S.TRIAL, S.ACTIVE}, S.SUSPENDED),
        "archive": Move({S.SUSPENDED}, S.ARCHIVED),
    },
)
