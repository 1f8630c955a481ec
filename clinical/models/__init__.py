from clinical.models.allergy import Allergy, AllergyReview
from clinical.models.condition import Condition, HistoryItem
from clinical.models.diagnosis import Diagnosis
from clinical.models.encounter import Encounter, EncounterMove
from clinical.models.note import Note, NoteRevision
from clinical.models.vitals import VitalSigns

__all__ = [
    "Allergy",
    "AllergyReview",
    "Condition",
    "Diagnosis",
    "Encounter",
    "EncounterMove",
    "HistoryItem",
    "Note",
    "NoteRevision",
    "VitalSigns",
]
