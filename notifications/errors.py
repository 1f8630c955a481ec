from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NoticeTextEmpty(DomainError):
    message = _("A notice needs a text.")


class NoticeAddressForeign(DomainError):
    message = _("A notice may only link to a page of this portal.")
