"""Rules of this room that a hospital may change."""

from django.utils.translation import gettext_lazy as _

from core.money import Currency
from core.preferences import declare

declare("billing.invoice_currency", default="USD", label=_("Currency of invoices with prices in both"), kind=str)
declare(
    "billing.base_currency",
    default="USD",
    label=_("Currency the books are kept in"),
    help=_("It cannot be changed once something was posted."),
    choices=tuple(Currency.choices),
)
declare(
    "billing.blind_count",
    default=True,
    label=_("A cashier counts without seeing what is expected"),
)
declare("billing.cash_rounding_khr", default=100, label=_("Smallest riel note in cash"), kind=int)
declare(
    "billing.discount_limit",
    default=5,
    label=_("Discount a cashier gives alone, in percent"),
    help=_("Above it somebody else approves before the invoice is issued."),
    least=0,
    most=100,
)
declare(
    "billing.follow_up_days",
    default=0,
    label=_("Days after a paid consultation in which the next one is free"),
    help=_("0: every consultation is charged."),
    least=0,
    most=90,
)
declare(
    "billing.follow_up_same",
    default="doctor",
    label=_("A free consultation is one"),
    choices=(("doctor", _("with the same doctor")), ("department", _("in the same department"))),
)
