"""How a hospital's staff sign in: its own rules."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare(
    "accounts.password_length",
    default=10,
    least=10,
    most=64,
    label=_("Characters a password has at least"),
)
