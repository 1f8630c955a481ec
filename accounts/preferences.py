"""How a hospital's staff sign in: its own rules."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare(
    "accounts.password_length",
    default=10,
    least=10,
    most=64,
    label=_("Characters a password has at least"),
)
declare(
    "accounts.idle_minutes",
    default=480,
    least=5,
    most=1440,
    label=_("Minutes without activity after which a session ends"),
)
declare(
    "accounts.session_hours",
    default=16,
    least=1,
    most=24,
    label=_("Hours after which a session ends in any case"),
)
declare(
    "accounts.email_codes",
    default=False,
    label=_("Codes by email count as a second factor"),
    help=_(
        "Weaker than an app or a passkey: a password is reset by mail as well, so the mailbox alone opens the account."
    ),
)
declare("accounts.support_until", default=date(2000, 1, 1), label=_("Day until which support may look"))
