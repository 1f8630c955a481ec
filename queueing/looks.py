"""How the states of a ticket look."""

from core.badges import Look, register
from queueing.states import Priority, TicketStatus

register(
    "ticket",
    {
        TicketStatus.WAITING: Look("amber", "hourglass", TicketStatus.WAITING.label),
        TicketStatus.CALLED: Look("violet", "speakerphone", TicketStatus.CALLED.label),
        TicketStatus.SERVING: Look("blue", "player-play", TicketStatus.SERVING.label),
        TicketStatus.PAUSED: Look("teal", "flask", TicketStatus.PAUSED.label),
        TicketStatus.SKIPPED: Look("grey", "player-skip-forward", TicketStatus.SKIPPED.label),
        TicketStatus.DONE: Look("green", "check", TicketStatus.DONE.label),
        TicketStatus.NO_SHOW: Look("grey", "user-off", TicketStatus.NO_SHOW.label),
        TicketStatus.CANCELLED: Look("grey", "circle-x", TicketStatus.CANCELLED.label),
        TicketStatus.TRANSFERRED: Look("grey", "transfer", TicketStatus.TRANSFERRED.label),
        TicketStatus.EXPIRED: Look("grey", "calendar-off", TicketStatus.EXPIRED.label),
    },
)
register(
    "priority",
    {
        Priority.EMERGENCY: Look("red", "urgent", Priority.EMERGENCY.label),
        Priority.RETURNING: Look("teal", "arrow-back-up", Priority.RETURNING.label),
        Priority.NORMAL: Look("grey", "", Priority.NORMAL.label),
    },
)
