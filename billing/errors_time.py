"""What is refused about charges by time."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class DurationOverlaps(DomainError):
    message = _("The patient is charged for a part of this time already.")
    field = "began"
