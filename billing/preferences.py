"""Rules of this room that a hospital may change."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.models.catalogue import Category
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
    label=_("A drawer is counted without seeing what is expected"),
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
declare(
    "billing.vat_registered",
    default=False,
    label=_("The hospital is registered for VAT"),
    help=_("Prices include the tax. Its tax number stands on invoices."),
)
for category in Category:
    declare(
        f"billing.vat_{category.value}",
        default=10 if category == Category.OTHER else 0,
        label=format_lazy(_("VAT on: {category}, in percent"), category=category.label),
        least=0,
        most=100,
    )
for level, label in enumerate((_("First reminder"), _("Second reminder"), _("Last reminder")), start=1):
    declare(
        f"billing.reminder_{level}",
        default=0,
        label=format_lazy(_("{reminder}: after so many days overdue"), reminder=label),
        help=_("0: no such reminder."),
        least=0,
        most=365,
    )
