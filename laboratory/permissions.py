"""What people may do in the laboratory, with the roles that may it in a new hospital."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare("lab_order:view", _("See laboratory orders"), roles=["doctor", "nurse", "labtech", "auditor"])
declare("lab_order:create", _("Order laboratory tests"), roles=["doctor"])
declare("lab_order:walk_in", _("Take orders of patients who come to the laboratory only"), roles=["labtech"])
declare("lab_order:cancel", _("Cancel laboratory orders"), roles=["doctor"])
declare("lab_worklist:view", _("See the laboratory's worklist"), roles=["labtech", "nurse", "auditor"])
declare("lab_specimen:collect", _("Collect specimens"), roles=["labtech", "nurse"])
declare("lab_specimen:receive", _("Receive specimens"), roles=["labtech"])
declare("lab_specimen:reject", _("Reject specimens"), roles=["labtech"])
declare("lab_result:enter", _("Enter results"), roles=["labtech"])
declare("lab_result:verify", _("Verify and release results"), roles=["labtech"])
declare("lab_result:correct", _("Correct released results"), roles=["labtech"])
declare("lab_result:view", _("See released results"), roles=["doctor", "nurse", "labtech", "auditor"])
declare("lab_result:acknowledge", _("Acknowledge results"), roles=["doctor"])
declare(
    "lab_catalogue:view", _("See the laboratory catalogue"), roles=["owner", "admin", "labtech", "doctor", "auditor"]
)
declare("lab_catalogue:edit", _("Edit the laboratory catalogue"), roles=["owner", "admin", "labtech"])
