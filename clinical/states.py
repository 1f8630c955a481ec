"""States of an encounter and of what is written in it (PRODUCT.md section 4, outpatient visit)."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class EncounterStatus(TextChoices):
    WAITING = "waiting", pgettext_lazy("encounter", "Waiting")
    IN_PROGRESS = "in_progress", pgettext_lazy("encounter", "In consultation")
    AWAITING_RESULTS = "awaiting_results", pgettext_lazy("encounter", "Awaiting results")
    RETURNING = "returning", pgettext_lazy("encounter", "Results back")
    FINISHED = "finished", pgettext_lazy("encounter", "Finished")
    LEFT = "left", pgettext_lazy("encounter", "Left without being seen")
    ENTERED_IN_ERROR = "entered_in_error", pgettext_lazy("encounter", "Entered in error")


OPEN = (
    EncounterStatus.WAITING,
    EncounterStatus.IN_PROGRESS,
    EncounterStatus.AWAITING_RESULTS,
    EncounterStatus.RETURNING,
)
# While one of these lasts, notes, diagnoses and orders may be written.
WRITABLE = (EncounterStatus.IN_PROGRESS, EncounterStatus.AWAITING_RESULTS, EncounterStatus.RETURNING)

ENCOUNTER_FLOW = Flow(
    field="status",
    moves={
        "start": Move({"waiting", "returning", "awaiting_results"}, "in_progress"),
        "send_for_tests": Move({"in_progress"}, "awaiting_results"),
        "results_in": Move({"awaiting_results"}, "returning"),
        "finish": Move({"in_progress"}, "finished"),
        "complete": Move(
            {"waiting", "in_progress", "awaiting_results", "returning"}, "finished"
        ),  # visits without a consultation
        "leave": Move({"waiting", "awaiting_results", "returning"}, "left"),
        "enter_in_error": Move({"waiting", "in_progress", "awaiting_results", "returning"}, "entered_in_error"),
    },
)


class Disposition(TextChoices):
    HOME = "home", pgettext_lazy("disposition", "Home")
    ADMIT = "admit", pgettext_lazy("disposition", "Admit")
    REFER = "refer", pgettext_lazy("disposition", "Refer")
    LEFT = "left", pgettext_lazy("disposition", "Left against advice")
    DEAD = "dead", pgettext_lazy("disposition", "Died")


class NoteStatus(TextChoices):
    DRAFT = "draft", pgettext_lazy("note", "Draft")
    SIGNED = "signed", pgettext_lazy("note", "Signed")


class Consciousness(TextChoices):
    """ACVPU scale of NEWS2."""

    ALERT = "A", pgettext_lazy("ACVPU", "Alert")
    CONFUSED = "C", pgettext_lazy("ACVPU", "New confusion")
    VOICE = "V", pgettext_lazy("ACVPU", "Responds to voice")
    PAIN = "P", pgettext_lazy("ACVPU", "Responds to pain")
    UNRESPONSIVE = "U", pgettext_lazy("ACVPU", "Unresponsive")


class DiagnosisRole(TextChoices):
    PRIMARY = "primary", pgettext_lazy("diagnosis role", "Main")
    SECONDARY = "secondary", pgettext_lazy("diagnosis role", "Secondary")
    COMPLICATION = "complication", pgettext_lazy("diagnosis role", "Complication")
    COMORBIDITY = "comorbidity", pgettext_lazy("diagnosis role", "Comorbidity")


class Certainty(TextChoices):
    PROVISIONAL = "provisional", pgettext_lazy("certainty", "Provisional")
    CONFIRMED = "confirmed", pgettext_lazy("certainty", "Confirmed")
    DIFFERENTIAL = "differential", pgettext_lazy("certainty", "Differential")


class CaseKind(TextChoices):
    NEW = "new", pgettext_lazy("case", "New case")
    FOLLOW_UP = "follow_up", pgettext_lazy("case", "Follow-up")


class AllergyKind(TextChoices):
    MEDICINE = "medicine", pgettext_lazy("allergy", "Medicine")
    FOOD = "food", pgettext_lazy("allergy", "Food")
    ENVIRONMENT = "environment", pgettext_lazy("allergy", "Environment")
    OTHER = "other", pgettext_lazy("allergy", "Other")


class Severity(TextChoices):
    MILD = "mild", pgettext_lazy("severity", "Mild")
    MODERATE = "moderate", pgettext_lazy("severity", "Moderate")
    SEVERE = "severe", pgettext_lazy("severity", "Severe")


class RecordStatus(TextChoices):
    """Clinical entries are never deleted: they end or are marked as wrong."""

    ACTIVE = "active", pgettext_lazy("record", "Active")
    RESOLVED = "resolved", pgettext_lazy("record", "Resolved")
    ENTERED_IN_ERROR = "entered_in_error", pgettext_lazy("record", "Entered in error")


class HistoryKind(TextChoices):
    MEDICAL = "medical", pgettext_lazy("history", "Medical")
    SURGICAL = "surgical", pgettext_lazy("history", "Surgical")
    FAMILY = "family", pgettext_lazy("history", "Family")
    SOCIAL = "social", pgettext_lazy("history", "Social")
    OBSTETRIC = "obstetric", pgettext_lazy("history", "Obstetric")
