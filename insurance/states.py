"""Words of a fixed list in this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class PayerKind(models.TextChoices):
    SCHEME = "scheme", _("Public scheme")
    INSURER = "insurer", pgettext_lazy("payer", "Insurer")
    EMPLOYER = "employer", pgettext_lazy("payer", "Employer")


class Payment(models.TextChoices):
    """How a contract pays: a part of every line, or one flat fee for the whole case."""

    ITEM = "item", _("By line")
    CASE = "case", _("One fee per case")


class Eligibility(models.TextChoices):
    ELIGIBLE = "eligible", pgettext_lazy("insurance", "Covered today")
    NOT_ELIGIBLE = "not_eligible", pgettext_lazy("insurance", "Not covered")
    UNKNOWN = "unknown", pgettext_lazy("insurance", "No answer")


class AuthorisationStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("authorisation", "Asked for")
    GRANTED = "granted", pgettext_lazy("authorisation", "Granted")
    REFUSED = "refused", pgettext_lazy("authorisation", "Refused")


AUTHORISATION_FLOW = Flow(
    field="status",
    moves={
        "grant": Move({AuthorisationStatus.REQUESTED}, AuthorisationStatus.GRANTED),
        "refuse": Move({AuthorisationStatus.REQUESTED}, AuthorisationStatus.REFUSED),
    },
)
