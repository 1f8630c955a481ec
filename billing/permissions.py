"""What one may do in the cash office, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]
MONEY = [*OFFICE, "cashier", "accountant"]
READERS = [*MONEY, "auditor"]

declare("charge:view", _("See what a visit costs"), roles=[*READERS, "receptionist", "doctor", "nurse"])
declare("charge:waive", _("Waive a charge"), roles=OFFICE)
declare("invoice:view", _("Read invoices and receipts"), roles=READERS)
declare("invoice:issue", _("Prepare and issue invoices"), roles=[*OFFICE, "cashier"])
declare("invoice:void", _("Void unpaid invoices"), roles=[*OFFICE, "accountant"])
declare("discount:override", _("Set another discount"), roles=OFFICE)
declare("concession:request", _("Ask for discounts and exemptions"), roles=[*OFFICE, "cashier", "receptionist"])
declare("concession:approve", _("Approve discounts and exemptions"), roles=[*OFFICE, "accountant"])
declare("package:sell", _("Sell packages"), roles=[*OFFICE, "cashier", "receptionist"])
declare("package:return", _("Give services back to packages"), roles=[*OFFICE, "accountant"])
declare("promotion:edit", _("Set up promotions"), roles=OFFICE)
declare("fund:view", _("See funds for the poor"), roles=[*OFFICE, "accountant", "auditor"])
declare("fund:manage", _("Open funds and enter grants"), roles=[*OFFICE, "accountant"])
declare("fee:view", _("See doctors' fees"), roles=[*OFFICE, "accountant", "auditor"])
declare("fee:agree", _("Agree shares with doctors"), roles=OFFICE)
declare("fee:name", _("Name who did the work on a draft invoice"), roles=MONEY)
declare("fee:request", _("Ask to pay doctors their fees"), roles=[*OFFICE, "accountant"])
declare("fee:pay", _("Pay doctors their fees"), roles=MONEY)
declare("payment:take", _("Take payments"), roles=["cashier"])
declare("credit:request", _("Ask for credit notes"), roles=MONEY)
declare("credit:approve", _("Approve credit notes"), roles=[*OFFICE, "accountant"])
declare("write_off:request", _("Ask for write-offs of debts, and take them back"), roles=MONEY)
declare("write_off:approve", _("Approve write-offs of debts"), roles=[*OFFICE, "accountant"])
declare("debt:view", _("See debts"), roles=READERS)
declare("debt:manage", _("Set up reminders of debts"), roles=[*OFFICE, "accountant"])
declare("debt:agree", _("Agree instalments"), roles=MONEY)
declare("deposit:view", _("See deposits"), roles=READERS)
declare("deposit:request", _("Ask for refunds of deposits"), roles=MONEY)
declare("deposit:approve", _("Approve refunds of deposits"), roles=[*OFFICE, "accountant"])
declare("receipt:print", _("Print receipts"), roles=MONEY)
declare("shift:operate", _("Open, count and close an own shift"), roles=["cashier"])
declare("shift:view", _("See all shifts"), roles=[*OFFICE, "accountant", "auditor"])
declare("shift:stand_in", _("Count and close the shift of a cashier who is not there"), roles=[*OFFICE, "accountant"])
declare("shift:accept", _("Accept closed shifts"), roles=[*OFFICE, "accountant"])
declare("drawer:manage", _("Set up cash drawers"), roles=[*OFFICE, "accountant"])
declare("price:view", _("Read the price list"), roles=[*READERS, "receptionist"])
declare("price:edit", _("Change prices"), roles=[*OFFICE, "accountant"])
declare("tax:edit", _("Set up VAT"), roles=[*OFFICE, "accountant"])
declare("rate:view", _("See exchange rates"), roles=READERS)
declare("rate:set", _("Set the exchange rate"), roles=[*OFFICE, "accountant"])
declare("journal:view", _("Read the journal"), roles=["owner", "accountant", "auditor"])
declare("journal:export", _("Take the journal out for accounting"), roles=["owner", "accountant"])
declare("account:edit", _("Name and number accounts"), roles=["owner", "accountant"])
declare("books:close", _("Close the books"), roles=["owner", "accountant"])
