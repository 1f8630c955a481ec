"""How the states of this room look."""

from billing.states import CreditStatus
from core import badges
from core.badges import Look

badges.register(
    "credit_note",
    {
        CreditStatus.REQUESTED.value: Look("amber", "hourglass", CreditStatus.REQUESTED.label),
        CreditStatus.APPROVED.value: Look("blue", "check", CreditStatus.APPROVED.label),
        CreditStatus.REFUNDED.value: Look("green", "cash", CreditStatus.REFUNDED.label),
        CreditStatus.DECLINED.value: Look("grey", "circle-x", CreditStatus.DECLINED.label),
    },
)
