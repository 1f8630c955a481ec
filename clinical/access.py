"""Who treats a patient by clinical work, and which encounters and notes a person sees; see patients.access.

The steps at the desk, on the ward's scales and in the doctors' line need to know who it is before anybody treats the
patient: each opens the encounters of that step and no more.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import DepartmentKind
from accounts.queries import within_places
from clinical.models import Encounter, VitalSigns
from clinical.states import OPEN, EncounterStatus, RecordStatus
from core import clock
from patients.access import Days, levels_of, relates, sight_of, specialty_in_sight, treated_by

TRIAGE_KINDS = [DepartmentKind.OUTPATIENT, DepartmentKind.EMERGENCY]


@relates()
def attending(person: UUID, days: Days) -> QuerySet:
    """The practitioner of an open or recent encounter."""
    mine = Encounter.objects.filter(practitioner=person).exclude(status=EncounterStatus.ENTERED_IN_ERROR)
    return mine.filter(Q(status__in=OPEN) | Q(date__gte=days.since)).values("patient")


@relates()
def measuring(person: UUID, days: Days) -> QuerySet:
    """Whoever triaged the patient."""
    measured = VitalSigns.objects.filter(taken_by=person, taken_at__gte=days.since_at, status=RecordStatus.ACTIVE)
    return measured.values("patient")


def encounters_in_sight(user: Any, path: str = "") -> Q:
    """Encounters, or by ``path`` what belongs to one: of patients in sight, within protected specialisations."""
    patient, specialty = (f"{path}__patient", f"{path}__specialty") if path else ("patient", "specialty")
    return sight_of(user).of(patient) & specialty_in_sight(user, patient, specialty)


def notes_in_sight(user: Any) -> Q:
    """Notes by their own level: of the encounters in sight, the author's own, or of patients the person treats."""
    open_levels = Q(confidentiality__in=levels_of(user)) | Q(author=user)
    protected = encounters_in_sight(user, "encounter") | (sight_of(user).of("encounter__patient") & Q(author=user))
    return protected & (open_levels | treated_by(user, "encounter__patient"))


def to_triage(user: Any) -> Q:
    """Encounters somebody has to measure: waiting today in the places of whoever triages."""
    if not user.may("vitals:record"):
        return Q(pk__in=[])
    waiting = Q(date=clock.today(), status=EncounterStatus.WAITING, triaged_at__isnull=True)
    return waiting & Q(department__kind__in=TRIAGE_KINDS) & within_places(user)


def to_take(user: Any) -> Q:
    """Encounters of nobody yet, in the line of whoever conducts consultations there."""
    if not user.may("encounter:conduct"):
        return Q(pk__in=[])
    line = Q(date=clock.today(), status__in=OPEN, practitioner__isnull=True, department__kind__in=TRIAGE_KINDS)
    return line & within_places(user)


def enrolled_today(user: Any) -> Q:
    """Encounters of the visits this person opened today, for the slip with the number."""
    return Q(date=clock.today(), visit__opened_by=user)
