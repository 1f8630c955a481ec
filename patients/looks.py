"""How the states of this room look."""

from django.utils.translation import pgettext_lazy

from core import badges
from core.badges import Look
from patients.states import ConsentDecision, ErasureStatus, ExportStatus, RetentionStatus

badges.register(
    "consent",
    {
        ConsentDecision.PERMIT.value: Look("green", "circle-check", ConsentDecision.PERMIT.label),
        ConsentDecision.DENY.value: Look("red", "hand-stop", ConsentDecision.DENY.label),
        ConsentDecision.WITHDRAWN.value: Look("red", "arrow-back-up", ConsentDecision.WITHDRAWN.label),
        "not_asked": Look("grey", "question-mark", pgettext_lazy("consent", "Not asked")),
    },
)
badges.register(
    "export",
    {
        ExportStatus.QUEUED.value: Look("amber", "hourglass", ExportStatus.QUEUED.label),
        ExportStatus.RUNNING.value: Look("blue", "progress", ExportStatus.RUNNING.label),
        ExportStatus.READY.value: Look("green", "circle-check", ExportStatus.READY.label),
        ExportStatus.FAILED.value: Look("red", "alert-circle", ExportStatus.FAILED.label),
        ExportStatus.EXPIRED.value: Look("grey", "calendar-off", ExportStatus.EXPIRED.label),
    },
)
badges.register(
    "erasure",
    {
        ErasureStatus.REQUESTED.value: Look("amber", "hourglass", ErasureStatus.REQUESTED.label),
        ErasureStatus.APPROVED.value: Look("blue", "checks", ErasureStatus.APPROVED.label),
        ErasureStatus.RUNNING.value: Look("blue", "progress", ErasureStatus.RUNNING.label),
        ErasureStatus.DONE.value: Look("green", "check", ErasureStatus.DONE.label),
        ErasureStatus.REFUSED.value: Look("red", "x", ErasureStatus.REFUSED.label),
        ErasureStatus.TAKEN_BACK.value: Look("grey", "arrow-back-up", ErasureStatus.TAKEN_BACK.label),
    },
)
badges.register(
    "retention",
    {
        RetentionStatus.PREVIEW.value: Look("amber", "eye", RetentionStatus.PREVIEW.label),
        RetentionStatus.REPLACED.value: Look("grey", "refresh", RetentionStatus.REPLACED.label),
        RetentionStatus.RELEASED.value: Look("blue", "progress", RetentionStatus.RELEASED.label),
        RetentionStatus.DONE.value: Look("green", "check", RetentionStatus.DONE.label),
    },
)
