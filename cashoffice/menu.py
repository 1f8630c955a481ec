"""Entries of this room in the portal's menu."""

from django.utils.translation import gettext_lazy as _

from cashoffice.queries.deposits import deposits_waiting
from cashoffice.queries.statements import statements_open
from cashoffice.queries.transfers import transfers_to_answer
from cashoffice.queries.vouchers import vouchers_waiting
from core.menu import Entry, register

for entry in (
    Entry("billing", _("Cash vouchers"), "cashoffice:voucher-list", "voucher:view", "receipt", 22, vouchers_waiting),
    Entry("billing", _("Transfers"), "cashoffice:transfer-list", "voucher:view", "transfer", 24, transfers_to_answer),
    Entry("billing", _("Reports of shifts"), "cashoffice:report-list", "voucher:view", "file-check", 42),
    Entry("billing", _("Close the day"), "cashoffice:day-close", "day:close", "moon", 44),
    Entry("billing", _("Closed days"), "cashoffice:day-list", "day:view", "calendar-check", 45),
    Entry(
        "accounting", _("Bank deposits"), "cashoffice:banking-list", "banking:view", "building", 46, deposits_waiting
    ),
    Entry(
        "accounting", _("Bank statements"), "cashoffice:statement-list", "statement:view", "checks", 48, statements_open
    ),
):
    register(entry)
