"""What one may do with claims, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]

declare("claim:view", _("Read claims and remittances"), roles=[*OFFICE, "accountant", "cashier", "auditor"])
declare("claim:prepare", _("Prepare claims and batches"), roles=["owner", "accountant", "cashier"])
declare("claim:submit", _("Send claims to payers"), roles=["owner", "accountant"])
declare("claim:approve", _("Approve write-offs of refused claims"), roles=["owner", "admin", "accountant"])
declare("remittance:post", _("Book what payers pay and refuse"), roles=["owner", "accountant"])
