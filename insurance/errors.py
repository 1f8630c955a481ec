"""What this room refuses, in words for the person who tried."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CoverageNotValid(DomainError):
    message = _("This coverage is not valid on the day of the visit.")
    field = "coverage"


class CoverageEnded(DomainError):
    message = _(
        "The coverage does not hold on %(day)s, the day of the visit. Choose under Who pays what to bill it to."
    )


class CoverageOfAnother(DomainError):
    message = _("This coverage belongs to another patient.")
    field = "coverage"


class CaseRateMissing(DomainError):
    message = _("Choose the kind of case: this payer pays one fee for it.")
    field = "case_rate"


class CoverageInUse(DomainError):
    message = _("An issued invoice already counts on this visit's coverage.")
    field = "coverage"


class AuthorisationDecided(DomainError):
    message = _("This authorisation was already decided.")
