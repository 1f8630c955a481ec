"""What people may do with prescriptions, stock and the formulary, with the roles that may it in a new hospital."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]

declare("prescription:view", _("See prescriptions"), roles=["doctor", "nurse", "pharmacist", "auditor"])
declare("prescription:create", _("Prescribe medicines"), roles=["doctor"])
declare("dispense:view", _("See the pharmacy's worklist"), roles=["pharmacist", "auditor"])
declare("dispense:review", _("Review prescriptions and question the doctor"), roles=["pharmacist"])
declare("dispense:prepare", _("Prepare and reserve medicines"), roles=["pharmacist"])
declare("dispense:check", _("Check high-alert medicines as the second person"), roles=["pharmacist"])
declare("dispense:hand_over", _("Hand medicines over"), roles=["pharmacist"])
declare("dispense:override_payment", _("Hand medicines over before payment"), roles=["owner", "admin", "pharmacist"])
declare("dispense:return", _("Take medicines back from patients"), roles=["pharmacist"])
declare("stock:view", _("See medicine stock"), roles=[*OFFICE, "doctor", "pharmacist", "accountant", "auditor"])
declare("stock:receive", _("Receive deliveries of medicines"), roles=["pharmacist"])
declare("stock:adjust", _("Adjust medicine stock"), roles=["pharmacist"])
declare("stock:approve", _("Approve stock adjustments"), roles=[*OFFICE, "pharmacist"])
declare("formulary:view", _("See the formulary"), roles=[*OFFICE, "doctor", "nurse", "pharmacist", "auditor"])
declare("formulary:edit", _("Edit the formulary"), roles=[*OFFICE, "pharmacist"])
