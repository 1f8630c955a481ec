from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotEnoughPoints(DomainError):
    """The family would fall below zero points."""

    message = _("The family does not have enough points.")
    code = "not_enough_points"
    field = "points"
