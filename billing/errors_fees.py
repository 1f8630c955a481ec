"""What is refused about doctors' fees."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class FeeRuleOverlaps(DomainError):
    message = _("Another share of this doctor for the same holds on one of these days.")
    field = "valid_from"


class FeeRuleInvalid(DomainError):
    message = _("Say either a percentage up to 100 or a fixed fee.")
    field = "percent"


class FeesOfOneself(DomainError):
    message = _("Nobody decides about the own fees.")


class FeesShort(DomainError):
    message = _("The hospital owes this doctor less than that.")
    field = "amount"


class PayoutDecided(DomainError):
    message = _("This was paid or declined already.")


class PayoutByRequester(DomainError):
    message = _("Somebody else than who asked pays it out.")
