"""Rules of this room that a hospital may change."""

from django.utils.translation import gettext_lazy as _

from core.preferences import declare

declare(
    "cashoffice.variance_limit_usd",
    default=10,
    label=_("Differences of a drawer above this many dollars are reviewed before they are accepted"),
    least=0,
    most=100_000,
)
declare(
    "cashoffice.fee_percent",
    default=5,
    label=_("Banks and providers keep at most so many percent of a payment as their fee"),
    least=0,
    most=20,
)
declare(
    "cashoffice.voucher_limit_usd",
    default=20,
    label=_("Cash vouchers above this many dollars are approved by somebody else"),
    least=0,
    most=100_000,
)
