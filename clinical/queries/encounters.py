"""Which clinical records a user may see: those of the patients the user may see, in every branch of the hospital.

A patient's record does not end at the door of a branch; worklists are what is narrowed to one.
"""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from clinical.models import Allergy, Condition, Diagnosis, Encounter, HistoryItem, Note, VitalSigns
from patients.queries.patients import sees_restricted
from patients.states import Confidentiality
from queueing.models import Ticket

Record = TypeVar("Record", bound=Model)


def _of_visible_patients(user: User, records: QuerySet[Record], path: str = "patient") -> QuerySet[Record]:
    hidden = Q() if sees_restricted(user) else Q(**{f"{path}__confidentiality": Confidentiality.NORMAL})
    return records.filter(hidden)


def visible_encounters(user: User) -> QuerySet[Encounter]:
    encounters = Encounter.objects.select_related(
        "patient", "visit", "branch", "department", "practitioner", "ticket__queue", "ticket__room"
    )
    return _of_visible_patients(user, encounters)


def visible_notes(user: User) -> QuerySet[Note]:
    return _of_visible_patients(user, Note.objects.select_related("encounter"), "encounter__patient")


def visible_diagnoses(user: User) -> QuerySet[Diagnosis]:
    return _of_visible_patients(user, Diagnosis.objects.select_related("encounter"))


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
