"""What this room holds about a patient; see patients.holdings."""

from typing import Any

from django.db.models import QuerySet

from clinical.models import NoteRevision
from clinical.queries import visible_notes
from patients.holdings import hold


def visible_revisions(user: Any) -> QuerySet:
    """Former words of the notes that the person may see."""
    return NoteRevision.objects.filter(note__in=visible_notes(user))


hold("clinical.Encounter", path="patient", resource="Encounter")
hold("clinical.EncounterMove", path="encounter__patient", resource="Provenance")
hold("clinical.VitalSigns", path="patient", resource="Observation")
hold("clinical.Allergy", path="patient", resource="AllergyIntolerance")
hold("clinical.AllergyReview", path="patient", resource="AllergyIntolerance")
hold("clinical.Condition", path="patient", resource="Condition")
hold("clinical.HistoryItem", path="patient", resource="Condition")
hold("clinical.Diagnosis", path="patient", resource="Condition")
hold("clinical.Note", path="encounter__patient", resource="Composition", seen=visible_notes)
hold("clinical.NoteRevision", path="note__encounter__patient", resource="Composition", seen=visible_revisions)
