"""What one may do with memberships, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare(
    "membership:view",
    _("Read memberships and points"),
    roles=["owner", "admin", "doctor", "nurse", "receptionist", "cashier", "accountant", "auditor"],
)
declare("membership:open", _("Open memberships"), roles=["owner", "admin", "receptionist", "cashier"])
declare("membership:tiers", _("Change tiers and their discounts"), roles=["owner", "admin"])
