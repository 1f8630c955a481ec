"""Who may do what in the queues."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import declare

declare(
    "queue:view",
    _("See the queues of the day"),
    roles=["owner", "admin", "doctor", "nurse", "receptionist", "cashier", "labtech", "pharmacist"],
)
declare("queue:call", _("Call patients from a queue"), roles=["doctor", "nurse", "labtech", "pharmacist", "cashier"])
declare(
    "queue:manage", _("Set priority, transfer and cancel tickets"), roles=["owner", "admin", "nurse", "receptionist"]
)
declare("display:manage", _("Create and revoke waiting-room screens"), roles=["owner", "admin"])
