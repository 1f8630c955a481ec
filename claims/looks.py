"""How the states of this room look."""

from claims.states import BatchStatus, ClaimStatus, DispositionStatus
from core import badges
from core.badges import Look

_TONES = {
    ClaimStatus.DRAFT: ("grey", "pencil"),
    ClaimStatus.SUBMITTED: ("blue", "send"),
    ClaimStatus.ACCEPTED: ("teal", "check"),
    ClaimStatus.PARTLY_ACCEPTED: ("amber", "progress"),
    ClaimStatus.REJECTED: ("red", "x"),
    ClaimStatus.APPEALED: ("violet", "speakerphone"),
    ClaimStatus.PAID: ("green", "cash"),
    ClaimStatus.WRITTEN_OFF: ("grey", "ban"),
    ClaimStatus.PASSED_ON: ("grey", "transfer"),
    ClaimStatus.WITHDRAWN: ("grey", "arrow-back-up"),
}
badges.register("claim", {one.value: Look(tone, icon, one.label) for one, (tone, icon) in _TONES.items()})
badges.register(
    "batch",
    {
        BatchStatus.OPEN.value: Look("amber", "circle-dot", BatchStatus.OPEN.label),
        BatchStatus.SENDING.value: Look("violet", "loader-2", BatchStatus.SENDING.label),
        BatchStatus.SUBMITTED.value: Look("blue", "send", BatchStatus.SUBMITTED.label),
    },
)
badges.register(
    "disposition",
    {
        DispositionStatus.REQUESTED.value: Look("amber", "hourglass", DispositionStatus.REQUESTED.label),
        DispositionStatus.APPROVED.value: Look("green", "check", DispositionStatus.APPROVED.label),
        DispositionStatus.DECLINED.value: Look("grey", "circle-x", DispositionStatus.DECLINED.label),
    },
)
