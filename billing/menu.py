"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from billing.queries.concessions import concessions_waiting
from billing.queries.credits import credits_waiting
from billing.queries.deposits import refunds_waiting
from billing.queries.worklist import collectable_count, shifts_to_accept_count
from billing.queries.write_offs import write_offs_waiting
from core.menu import Entry, register

for entry in (
    Entry("billing", _("Cash desk"), "billing:worklist", "invoice:view", "cash", 10, collectable_count, key="c"),
    Entry("billing", _("My shift"), "billing:shift-mine", "shift:operate", "wallet", 20, key="m"),
    Entry("billing", _("Invoices"), "billing:invoice-list", "invoice:view", "file-invoice", 30, key="i"),
    Entry("billing", _("Credit notes"), "billing:credit-list", "invoice:view", "receipt-refund", 35, credits_waiting),
    Entry("billing", _("Debts"), "billing:debt-list", "debt:view", "calendar-due", 38),
    Entry("billing", _("Write-offs"), "billing:write-off-list", "write_off:request", "eraser", 39, write_offs_waiting),
    Entry("billing", _("Deposits"), "billing:deposit-list", "deposit:view", "pig-money", 37, refunds_waiting),
    Entry(
        "billing",
        _("Concessions"),
        "billing:concession-list",
        "concession:approve",
        "discount",
        36,
        concessions_waiting,
    ),
    Entry("accounting", _("Promotions"), "billing:promotion-list", "promotion:edit", "discount", 52),
    Entry("accounting", _("Funds for the poor"), "billing:fund-list", "fund:view", "heart-handshake", 54),
    Entry("accounting", _("Doctors' fees"), "billing:fee-list", "fee:view", "stethoscope", 56),
    Entry("billing", _("Fees to pay out"), "billing:payout-list", "fee:pay", "stethoscope", 38),
    Entry("billing", _("Shifts"), "billing:shift-list", "shift:view", "scale", 40, shifts_to_accept_count),
    Entry("accounting", _("Price list"), "billing:price-list", "price:view", "tags", 50),
    Entry("accounting", _("Exchange rates"), "billing:rate-list", "rate:view", "arrows-exchange", 60),
    Entry("accounting", _("Journal"), "billing:entry-list", "journal:view", "book", 70),
    Entry("accounting", _("Chart of accounts"), "billing:account-list", "journal:view", "list-numbers", 72),
    Entry("accounting", _("Closing of the books"), "billing:closing-list", "journal:view", "lock", 74),
    Entry("admin", _("Cash drawers"), "billing:drawer-list", "drawer:manage", "archive", 80),
):
    register(entry)
