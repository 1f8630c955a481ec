"""States of a ticket and the moves between them (PRODUCT.md section 4: the way of a ticket)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class TicketStatus(TextChoices):
    WAITING = "waiting", pgettext_lazy("ticket", "Waiting")
    CALLED = "called", pgettext_lazy("ticket", "Called")
    SERVING = "serving", pgettext_lazy("ticket", "Being served")
    PAUSED = "paused", pgettext_lazy("ticket", "Away for tests")
    SKIPPED = "skipped", pgettext_lazy("ticket", "Skipped")
    DONE = "done", pgettext_lazy("ticket", "Served")
    NO_SHOW = "no_show", pgettext_lazy("ticket", "Did not come")
    CANCELLED = "cancelled", pgettext_lazy("ticket", "Cancelled")
    TRANSFERRED = "transferred", pgettext_lazy("ticket", "Transferred")
    EXPIRED = "expired", pgettext_lazy("ticket", "Expired")


class Priority(TextChoices):
    """Who is called first. Set by staff on clinical grounds; a membership never changes it."""

    EMERGENCY = "emergency", pgettext_lazy("priority", "Emergency")
    RETURNING = "returning", pgettext_lazy("priority", "Back from tests")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")


# The order in which priorities are called.
RANK = {Priority.EMERGENCY: 0, Priority.RETURNING: 1, Priority.NORMAL: 2}

OPEN = (
    TicketStatus.WAITING,
    TicketStatus.CALLED,
    TicketStatus.SERVING,
    TicketStatus.PAUSED,
    TicketStatus.SKIPPED,
)
# What a waiting room may see.
SHOWN = (TicketStatus.WAITING, TicketStatus.CALLED, TicketStatus.SERVING)

TICKET_FLOW = Flow(
    field="status",
    moves={
        "call": Move({"waiting", "skipped", "paused"}, "called"),
        "recall": Move({"called"}, "called"),
        "start": Move({"called"}, "serving"),
        "finish": Move({"serving"}, "done"),
        "pause": Move({"serving"}, "paused"),
        "resume": Move({"paused"}, "waiting"),
        "skip": Move({"waiting", "called"}, "skipped"),
        "return": Move({"skipped"}, "waiting"),
        "no_show": Move({"called"}, "no_show"),
        "cancel": Move(set(OPEN), "cancelled"),
        "transfer": Move(set(OPEN), "transferred"),
        "expire": Move(set(OPEN), "expired"),
    },
)

VERB_LABELS = {
    "issue": _("Ticket issued"),
    "call": _("Called"),
    "recall": _("Called again"),
    "start": _("Service started"),
    "finish": _("Service finished"),
    "pause": _("Sent for tests"),
    "resume": _("Back from tests"),
    "skip": _("Skipped"),
    "return": _("Returned to the queue"),
    "no_show": _("Did not come"),
    "cancel": _("Cancelled"),
    "transfer": _("Transferred"),
    "expire": _("Expired at the end of the day"),
    "priority": _("Priority changed"),
}
