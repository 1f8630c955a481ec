"""Which clinical records a user may see: those of the patients the user may see, in every branch of the hospital.

A patient's record does not end at the door of a branch; worklists are what is narrowed to one.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.models import User
from clinical.access import encounters_in_sight, enrolled_today, notes_in_sight, to_take, to_triage
from clinical.models import Allergy, Condition, Diagnosis, Encounter, HistoryItem, Note, VitalSigns
from patients.access import sight_of
from queueing.models import Ticket

Record = TypeVar("Record", bound=Model)


def _of_visible_patients(user: User, records: QuerySet[Record], path: str = "patient") -> QuerySet[Record]:
    return records.filter(sight_of(user).of(path))


def _encounters() -> QuerySet[Encounter]:
    return Encounter.objects.select_related(
        "patient", "visit", "branch", "department", "practitioner", "ticket__queue", "ticket__room"
    )


def visible_encounters(user: User) -> QuerySet[Encounter]:
    return _encounters().filter(encounters_in_sight(user))


def encounters_to_triage(user: User) -> QuerySet[Encounter]:
    """Visible encounters, and those that wait for somebody to measure, whoever the patient is."""
    return _encounters().filter(encounters_in_sight(user) | to_triage(user))


def encounters_in_line(user: User) -> QuerySet[Encounter]:
    """Visible encounters, and those in the line of nobody that this person may take."""
    return _encounters().filter(encounters_in_sight(user) | to_take(user))


def encounters_enrolled(user: User) -> QuerySet[Encounter]:
    """Visible encounters, and those this person enrolled today."""
    return _encounters().filter(encounters_in_sight(user) | enrolled_today(user))


def visible_notes(user: User) -> QuerySet[Note]:
    """Notes within the patient's and their own confidentiality."""
    return Note.objects.select_related("encounter").filter(notes_in_sight(user))


def visible_diagnoses(user: User) -> QuerySet[Diagnosis]:
    return Diagnosis.objects.select_related("encounter").filter(encounters_in_sight(user, "encounter"))


def visible_vitals(user: User) -> QuerySet[VitalSigns]:
    return _of_visible_patients(user, VitalSigns.objects.select_related("encounter", "taken_by"))


def visible_allergies(user: User) -> QuerySet[Allergy]:
    return _of_visible_patients(user, Allergy.objects.select_related("patient"))


def visible_conditions(user: User) -> QuerySet[Condition]:
    return _of_visible_patients(user, Condition.objects.select_related("patient"))


def visible_history_items(user: User) -> QuerySet[HistoryItem]:
    return _of_visible_patients(user, HistoryItem.objects.select_related("patient"))


def encounter_of_ticket(ticket: Ticket) -> Encounter | None:
    return Encounter.objects.filter(ticket=ticket).first()
