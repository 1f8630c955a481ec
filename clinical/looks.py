"""How clinical states look: word, icon and colour, so that colour never speaks alone."""

from clinical.scores import Band
from clinical.states import EncounterStatus, NoteStatus, Severity
from core.badges import Look, register

register(
    "encounter",
    {
        EncounterStatus.WAITING: Look("amber", "hourglass", EncounterStatus.WAITING.label),
        EncounterStatus.IN_PROGRESS: Look("blue", "stethoscope", EncounterStatus.IN_PROGRESS.label),
        EncounterStatus.AWAITING_RESULTS: Look("violet", "flask", EncounterStatus.AWAITING_RESULTS.label),
        EncounterStatus.RETURNING: Look("teal", "arrow-back-up", EncounterStatus.RETURNING.label),
        EncounterStatus.FINISHED: Look("green", "check", EncounterStatus.FINISHED.label),
        EncounterStatus.LEFT: Look("grey", "door-exit", EncounterStatus.LEFT.label),
        EncounterStatus.ENTERED_IN_ERROR: Look("red", "alert-triangle", EncounterStatus.ENTERED_IN_ERROR.label),
    },
)
register(
    "note",
    {
        NoteStatus.DRAFT: Look("grey", "pencil", NoteStatus.DRAFT.label),
        NoteStatus.SIGNED: Look("green", "writing-sign", NoteStatus.SIGNED.label),
    },
)
register(
    "severity",
    {
        Severity.MILD: Look("grey", "", Severity.MILD.label),
        Severity.MODERATE: Look("amber", "alert-triangle", Severity.MODERATE.label),
        Severity.SEVERE: Look("red", "alert-octagon", Severity.SEVERE.label),
    },
)
# NEWS2 bands are keyed with an underscore, see core.badges.look.
register(
    "news2",
    {
        "low": Look("green", "heart-rate-monitor", Band.LOW.label),
        "low_medium": Look("amber", "heart-rate-monitor", Band.LOW_MEDIUM.label),
        "medium": Look("amber", "alert-triangle", Band.MEDIUM.label),
        "high": Look("red", "urgent", Band.HIGH.label),
    },
)
