"""How the states of this room look."""

from core import badges
from core.badges import Look
from gateways.states import RequestStatus

badges.register(
    "gateway",
    {
        RequestStatus.WAITING.value: Look("amber", "hourglass", RequestStatus.WAITING.label),
        RequestStatus.PAID.value: Look("green", "check", RequestStatus.PAID.label),
        RequestStatus.HELD.value: Look("violet", "pig-money", RequestStatus.HELD.label),
        RequestStatus.DISPUTED.value: Look("red", "alert-triangle", RequestStatus.DISPUTED.label),
        RequestStatus.EXPIRED.value: Look("grey", "clock", RequestStatus.EXPIRED.label),
        RequestStatus.CANCELLED.value: Look("grey", "circle-x", RequestStatus.CANCELLED.label),
    },
)
