"""What a page about a patient shows of the clinical record."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from clinical.access import encounters_in_sight
from clinical.models import Allergy, Condition, Diagnosis, Encounter, HistoryItem, VitalSigns
from clinical.states import EncounterStatus, RecordStatus
from core.db.kept import kept
from core.db.lean import showing
from patients.models import Patient

TIMELINE_LENGTH = 10
_WHERE_AND_WHO = ("department__name", "practitioner__full_name", "practitioner__username")


def active_allergies(patient: Patient) -> list[Allergy]:
    """Allergies in force, severe ones first. Prescribing and dispensing check against `substance` and `atc_code`."""
    return _allergies(patient.pk)


@kept
def _allergies(patient: UUID) -> QuerySet[Allergy]:
    allergies = Allergy.objects.filter(patient=patient, status=RecordStatus.ACTIVE)
    return allergies.order_by("-severity", "created_at")


def allergy_words(patient: Patient, allergies: list[Allergy] | None = None) -> list[str] | None:
    """Substances to be shown in the banner; an empty list: none known; None: nobody has asked yet."""
    words = [allergy.substance for allergy in (active_allergies(patient) if allergies is None else allergies)]
    if not words and not patient.allergy_reviews.exists():
        return None
    return words


def active_conditions(patient: Patient) -> list[Condition]:
    return _conditions(patient.pk)


@kept
def _conditions(patient: UUID) -> QuerySet[Condition]:
    return Condition.objects.filter(patient=patient, status=RecordStatus.ACTIVE)


def active_history(patient: Patient) -> QuerySet[HistoryItem]:
    return patient.history_items.filter(status=RecordStatus.ACTIVE)


def latest_vitals(patient: Patient, limit: int = 3) -> list[VitalSigns]:
    """The newest sets of vital signs, newest first, without those entered in error."""
    return _vitals(patient.pk, limit=limit)


@kept
def _vitals(patient: UUID, *, limit: int) -> QuerySet[VitalSigns]:
    valid = VitalSigns.objects.filter(patient=patient, status=RecordStatus.ACTIVE).select_related("taken_by")
    return valid.order_by("-taken_at", "-id")[:limit]


def earlier_diagnoses(patient: Patient, *, before: Encounter, user: User, limit: int = 10) -> list[Diagnosis]:
    found = patient.diagnoses.filter(encounters_in_sight(user, "encounter"), status=RecordStatus.ACTIVE)
    found = found.exclude(encounter=before)
    return list(found.select_related("encounter").order_by("-created_at")[:limit])


def timeline(
    patient: Patient, *, user: User, without: Encounter | None = None, limit: int = TIMELINE_LENGTH
) -> list[Encounter]:
    """Encounters of a patient that this person may see, newest first, each with its active diagnoses."""
    encounters = patient.encounters.filter(encounters_in_sight(user)).exclude(status=EncounterStatus.ENTERED_IN_ERROR)
    if without is not None:
        encounters = encounters.exclude(pk=without.pk)
    diagnoses = Diagnosis.objects.filter(status=RecordStatus.ACTIVE).order_by("role", "created_at")
    return list(
        showing(encounters, "visit", "patient", "status", "arrived_at", *_WHERE_AND_WHO)
        .prefetch_related(Prefetch("diagnoses", queryset=diagnoses, to_attr="active_diagnoses"))
        .order_by("-arrived_at")[:limit]
    )
