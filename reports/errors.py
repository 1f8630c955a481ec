"""What a report refuses, in words for whoever asked."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class TooManyRows(DomainError):
    message = _("The table has more than %(most)s rows. Choose fewer days or another grouping.")
