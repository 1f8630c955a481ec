"""How a state looks: a tone, an icon and its word, so that colour never speaks alone.

The words of PRODUCT's state machines are known here; a room registers others, or another look for one of its own::

    badges.register("lab_order", {"verified": Look("green", "checks", _("Verified"))})    # {% badge s "lab_order" %}
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TONES = ("grey", "blue", "teal", "green", "amber", "red", "violet")


@dataclass(frozen=True)
class Look:
    """``tone`` is one of TONES; ``label`` is used when the value does not bring its own."""

    tone: str = "grey"
    icon: str = ""
    label: str | Promise = ""


_COMMON: dict[str, Look] = {
    "draft": Look("grey", "pencil", pgettext_lazy("state", "Draft")),
    "open": Look("blue", "circle-dot", pgettext_lazy("state", "Open")),
    "waiting": Look("amber", "hourglass", pgettext_lazy("state", "Waiting")),
    "called": Look("violet", "speakerphone", pgettext_lazy("state", "Called")),
    "serving": Look("blue", "player-play", pgettext_lazy("state", "Being served")),
    "in_progress": Look("blue", "progress", pgettext_lazy("state", "In progress")),
    "done": Look("green", "check", pgettext_lazy("state", "Done")),
    "finished": Look("green", "check", pgettext_lazy("state", "Finished")),
    "completed": Look("green", "check", pgettext_lazy("state", "Completed")),
    "closed": Look("grey", "lock", pgettext_lazy("state", "Closed")),
    "cancelled": Look("grey", "circle-x", pgettext_lazy("state", "Cancelled")),
    "skipped": Look("grey", "player-skip-forward", pgettext_lazy("state", "Skipped")),
    "no_show": Look("grey", "user-off", pgettext_lazy("state", "Did not come")),
    "transferred": Look("grey", "transfer", pgettext_lazy("state", "Transferred")),
    "entered_in_error": Look("red", "alert-triangle", pgettext_lazy("state", "Entered in error")),
    "ordered": Look("amber", "clipboard-list", pgettext_lazy("state", "Ordered")),
    "collected": Look("violet", "test-pipe", pgettext_lazy("state", "Collected")),
    "received": Look("blue", "inbox", pgettext_lazy("state", "Received")),
    "resulted": Look("blue", "file-text", pgettext_lazy("state", "Result entered")),
    "verified": Look("teal", "checks", pgettext_lazy("state", "Verified")),
    "released": Look("green", "send", pgettext_lazy("state", "Released")),
    "corrected": Look("amber", "edit", pgettext_lazy("state", "Corrected")),
    "rejected": Look("red", "x", pgettext_lazy("state", "Rejected")),
    "active": Look("green", "circle-check", pgettext_lazy("state", "Active")),
    "inactive": Look("grey", "circle-minus", pgettext_lazy("state", "Inactive")),
    "partly_dispensed": Look("amber", "progress", pgettext_lazy("state", "Partly dispensed")),
    "dispensed": Look("green", "check", pgettext_lazy("state", "Dispensed")),
    "stopped": Look("grey", "hand-stop", pgettext_lazy("state", "Stopped")),
    "expired": Look("red", "calendar-off", pgettext_lazy("state", "Expired")),
    "prepared": Look("amber", "package", pgettext_lazy("state", "Prepared")),
    "checked": Look("blue", "checkbox", pgettext_lazy("state", "Checked")),
    "handed_over": Look("green", "package-export", pgettext_lazy("state", "Handed over")),
    "returned": Look("grey", "arrow-back-up", pgettext_lazy("state", "Returned")),
    "pending": Look("amber", "clock", pgettext_lazy("state", "Pending")),
    "invoiced": Look("blue", "file-invoice", pgettext_lazy("state", "Invoiced")),
    "waived": Look("grey", "gift", pgettext_lazy("state", "Waived")),
    "issued": Look("blue", "file-invoice", pgettext_lazy("state", "Issued")),
    "partly_paid": Look("amber", "progress", pgettext_lazy("state", "Partly paid")),
    "paid": Look("green", "check", pgettext_lazy("state", "Paid")),
    "unpaid": Look("amber", "clock", pgettext_lazy("state", "Unpaid")),
    "written_off": Look("grey", "eraser", pgettext_lazy("state", "Written off")),
    "void": Look("grey", "ban", pgettext_lazy("state", "Void")),
    "refunded": Look("violet", "receipt-refund", pgettext_lazy("state", "Refunded")),
    "counted": Look("amber", "calculator", pgettext_lazy("state", "Counted")),
    "reconciled": Look("green", "scale", pgettext_lazy("state", "Reconciled")),
    "booked": Look("blue", "calendar-event", pgettext_lazy("state", "Booked")),
    "confirmed": Look("teal", "calendar-check", pgettext_lazy("state", "Confirmed")),
    "checked_in": Look("violet", "door-enter", pgettext_lazy("state", "Arrived")),
    "failed": Look("red", "alert-circle", pgettext_lazy("state", "Failed")),
    "provisioning": Look("amber", "loader-2", pgettext_lazy("state", "Being set up")),
    "trial": Look("violet", "hourglass", pgettext_lazy("state", "Trial")),
    "suspended": Look("red", "lock", pgettext_lazy("state", "Suspended")),
    "archived": Look("grey", "archive", pgettext_lazy("state", "Archived")),
    "emergency": Look("red", "urgent", pgettext_lazy("state", "Emergency")),
    "urgent": Look("red", "bolt", pgettext_lazy("state", "Urgent")),
    "stat": Look("red", "bolt", pgettext_lazy("state", "Immediate")),
    "routine": Look("grey", "clock", pgettext_lazy("state", "Routine")),
    "normal": Look("grey", "", pgettext_lazy("state", "Normal")),
}
_kinds: dict[str, dict[str, Look]] = {}


def register(kind: str, looks: dict[str, Look]) -> None:
    """Give the states of ``kind`` their own look."""
    _kinds.setdefault(kind, {}).update(looks)


def look(value: Any, kind: str = "") -> Look:
    """The look of a state; an unknown one is grey and shown by its own word."""
    key = str(getattr(value, "value", value)).replace("-", "_").lower()
    return _kinds.get(kind, {}).get(key) or _COMMON.get(key) or Look(label=key.replace("_", " ").capitalize())
