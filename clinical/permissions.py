"""Who may do what with the clinical record."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]

declare("visit:enrol", _("Enrol patients for a visit"), roles=[*OFFICE, "receptionist", "nurse", "doctor"])
declare("encounter:view", _("Read encounters"), roles=["doctor", "nurse", "labtech", "pharmacist", "auditor"])
declare("encounter:conduct", _("Conduct consultations"), roles=["doctor"])
declare("encounter:void", _("Mark encounters as entered in error"), roles=["admin", "doctor"])
declare("encounter:leave", _("Record that a patient left"), roles=[*OFFICE, "receptionist", "nurse", "doctor"])
declare("vitals:view", _("Read vital signs"), roles=["doctor", "nurse", "auditor"])
declare("vitals:record", _("Record vital signs"), roles=["doctor", "nurse"])
declare("note:view", _("Read clinical notes"), roles=["doctor", "nurse", "auditor"])
declare("note:write", _("Write and sign clinical notes"), roles=["doctor"])
declare("diagnosis:view", _("Read diagnoses"), roles=["doctor", "nurse", "pharmacist", "labtech", "auditor"])
declare("diagnosis:record", _("Record diagnoses"), roles=["doctor"])
declare("allergy:view", _("Read allergies"), roles=["doctor", "nurse", "pharmacist", "labtech", "auditor"])
declare("allergy:record", _("Record allergies and problems"), roles=["doctor", "nurse", "pharmacist"])
