"""What one may do with insurance, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]
DESK = [*OFFICE, "receptionist", "cashier", "accountant"]

declare("payer:view", _("Read payers and contracts"), roles=[*DESK, "auditor"])
declare("payer:edit", _("Change payers and contracts"), roles=[*OFFICE, "accountant"])
declare("coverage:view", _("Read the coverages of patients"), roles=[*DESK, "doctor", "nurse", "auditor"])
declare("coverage:edit", _("Record coverages, checks and authorisations"), roles=DESK)
