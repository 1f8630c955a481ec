from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AlertAlreadyDecided(DomainError):
    message = _("Somebody has decided on this alert already.")
    code = "alert_already_decided"


class OwnAlert(DomainError):
    message = _("Nobody decides on an alert about themselves.")
    code = "own_alert"
    status = 403


class ReasonMissing(DomainError):
    message = _("Give a reason of at least ten letters.")
    code = "reason_missing"
    field = "reason"


class TooManyRows(DomainError):
    message = _("The filter matches more than %(most)d records. Narrow it first.")
    code = "too_many_rows"
