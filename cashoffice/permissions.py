"""What one may do in the cash office, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]
SUPERVISORS = [*OFFICE, "accountant"]

declare("voucher:view", _("See cash vouchers and transfers"), roles=[*SUPERVISORS, "cashier", "auditor"])
declare("voucher:write", _("Write cash vouchers in an own shift"), roles=["cashier"])
declare("voucher:approve", _("Approve cash vouchers"), roles=SUPERVISORS)
declare("voucher_reason:manage", _("Set up reasons of cash vouchers"), roles=SUPERVISORS)
declare("cash_rules:manage", _("Set the rules of the cash office"), roles=OFFICE)
declare("variance:review", _("Review differences of drawers"), roles=OFFICE)
declare("transfer:make", _("Send and receive cash between drawers"), roles=["cashier"])
declare("banking:view", _("See deposits to the bank"), roles=[*SUPERVISORS, "auditor"])
declare("banking:make", _("Prepare, hand over and confirm deposits to the bank"), roles=SUPERVISORS)
declare("day:view", _("See closed days"), roles=[*SUPERVISORS, "auditor"])
declare("day:close", _("Close a branch's day"), roles=SUPERVISORS)
declare("statement:view", _("See statements of banks"), roles=[*SUPERVISORS, "auditor"])
declare("statement:match", _("Import statements and match them"), roles=SUPERVISORS)
declare("statement:accept", _("Accept matched statements"), roles=SUPERVISORS)
