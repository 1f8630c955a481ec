"""What one may do with patients and families, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

CARE = ["doctor", "nurse", "labtech", "pharmacist"]
DESK = ["receptionist", "cashier"]
OFFICE = ["owner", "admin"]

declare("patient:view", _("Find and read patients"), roles=[*OFFICE, *CARE, *DESK, "accountant", "auditor"])
declare(
    "patient:view_restricted",
    _("Read patients whose record is restricted"),
    roles=[*OFFICE, "doctor", "nurse", "auditor"],
)
declare("patient:create", _("Register patients"), roles=[*OFFICE, "receptionist", "nurse", "doctor"])
declare("patient:edit", _("Change patients' details"), roles=[*OFFICE, "receptionist", "nurse", "doctor"])
declare("patient:restrict", _("Restrict who may read a patient"), roles=[*OFFICE, "doctor"])
declare("patient:print_card", _("Print patient cards"), roles=[*OFFICE, "receptionist", "nurse", "cashier"])
declare("family:view", _("Read families"), roles=[*OFFICE, "doctor", "nurse", *DESK, "accountant", "auditor"])
declare("family:edit", _("Change families"), roles=[*OFFICE, "receptionist"])
declare("visit:view", _("Read visits"), roles=[*OFFICE, *CARE, *DESK, "accountant", "auditor"])
declare("visit:open", _("Open visits"), roles=[*OFFICE, "receptionist", "nurse", "doctor"])
declare("visit:close", _("Close visits"), roles=[*OFFICE, "receptionist", "nurse", "doctor", "cashier"])
declare("visit:cancel", _("Cancel visits"), roles=[*OFFICE, "receptionist", "nurse"])
declare("document:view", _("Read patients' documents"), roles=[*OFFICE, *CARE, "receptionist", "auditor"])
declare("document:add", _("Add documents to patients"), roles=[*OFFICE, "doctor", "nurse", "receptionist"])
declare("document:remove", _("Remove patients' documents"), roles=[*OFFICE, "doctor"])
declare("consent:view", _("Read patients' consents"), roles=[*OFFICE, *CARE, *DESK, "auditor"])
declare("consent:record", _("Record patients' consents"), roles=[*OFFICE, "doctor", "nurse", "receptionist"])
declare("consent:publish", _("Publish texts of consents"), roles=OFFICE)
declare("rights:view", _("See patients' requests about their own data"), roles=[*OFFICE, "doctor", "auditor"])
declare("record:export", _("Hand patients all their data"), roles=[*OFFICE, "doctor"])
declare("rights:serve", _("See requests to erase records, and legal holds, by number"), roles=[*OFFICE, "auditor"])
declare("erasure:request", _("Ask for the erasure of records"), roles=OFFICE)
declare("erasure:decide", _("Decide on the erasure of records"), roles=OFFICE)
declare("retention:release", _("Release what is beyond its time of keeping"), roles=OFFICE)
declare("hold:set", _("Set and lift legal holds"), roles=[*OFFICE, "auditor"])
declare("record:break_glass", _("Break the glass: open a protected record in need"), roles=["doctor", "nurse"])
declare("access_policy:manage", _("Change who may see protected records"), roles=OFFICE)
declare("privacy:oversee", _("Watch over who opens protected records"), roles=["owner", "auditor"])
