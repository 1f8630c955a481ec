"""What this room holds about a patient; see patients.holdings."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinical.models import Encounter, NoteRevision
from clinical.queries import visible_notes
from clinical.states import OPEN
from patients.hindrances import hinders
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


@hinders(_("A consultation is open."))
def in_consultation(patients: Collection[UUID]) -> QuerySet:
    return Encounter.objects.filter(patient__in=patients, status__in=OPEN).values_list("patient", flat=True)
