"""What one may do with the gateways, and which roles may at the start."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

OFFICE = ["owner", "admin"]

declare("gateway:manage", _("Set up KHQR and online payments"), roles=OFFICE)
declare("gateway:decide", _("Decide about disputed KHQR payments"), roles=[*OFFICE, "accountant"])
