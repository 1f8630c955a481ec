"""What the safety checks must know, read in a fixed number of statements. A table that does not answer gives None."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from clinical.models import Allergy, AllergyReview
from clinical.states import AllergyKind, RecordStatus
from core.clock import now, today
from core.db.kept import kept
from patients.models import Patient
from pharmacy.models import Interaction, Prescription, PrescriptionItem, SafetyWarning
from pharmacy.safety import AllergyFact, Facts, Finding, check_items
from pharmacy.states import CheckStage, ItemStatus

Read = TypeVar("Read")
LATE_START = timedelta(days=1)  # the first dose is often taken the day after
LONGEST_COURSE = timedelta(days=367)
_RUNNING = (ItemStatus.ACTIVE, ItemStatus.PARTLY_DISPENSED, ItemStatus.DISPENSED)


def facts_about(patient: Patient) -> Facts:
    allergies = _or_none(lambda: _allergies(patient))
    return Facts(
        allergies=allergies,
        allergies_were_asked=bool(allergies) or bool(_or_none(lambda: _was_asked(patient))),
        interactions=_or_none(_interactions),
        age_years=patient.age.years,
    )


def _or_none(read: Callable[[], Read]) -> Read | None:
    """What `read` returns; None when the table is empty by its own account, missing or unreadable."""
    try:
        with transaction.atomic():
            return read()
    except DatabaseError:
        return None


def _allergies(patient: Patient) -> list[AllergyFact]:
    rows = Allergy.objects.filter(patient=patient, status=RecordStatus.ACTIVE)
    return [
        AllergyFact(
            id=str(row.pk),
            substance=row.substance,
            atc=row.atc_code.strip().upper(),
            is_severe=row.is_severe,
            is_medicine=row.kind == AllergyKind.MEDICINE,
        )
        for row in rows
    ]


def _was_asked(patient: Patient) -> bool:
    return AllergyReview.objects.filter(patient=patient).exists()


def _interactions() -> list[Interaction] | None:
    return list(Interaction.objects.filter(is_active=True)) or None


def running_items(patient: Patient, *, besides: Iterable[UUID] = ()) -> list[PrescriptionItem]:
    """Items of signed prescriptions whose course has not ended, except those of the prescriptions `besides`."""
    rows = _signed_items(patient.pk, now() - LONGEST_COURSE, list(besides))
    return [item for item in rows if ends_on(item) + LATE_START >= today()]


@kept
def _signed_items(patient: UUID, since: datetime, besides: list[UUID]) -> QuerySet[PrescriptionItem]:
    rows = PrescriptionItem.objects.filter(
        prescription__patient=patient, prescription__signed_at__gte=since, status__in=_RUNNING
    )
    rows = rows.exclude(prescription__id__any=besides).select_related("medicine", "prescription")
    return rows.order_by("-prescription__signed_at", "position")


def ends_on(item: PrescriptionItem) -> date:
    """The last day of the course, counted from the signature (from today for what is not signed yet)."""
    return localdate(item.prescription.signed_at or now()) + timedelta(days=item.duration_days - 1)


def findings_of(prescription: Prescription, items: list[PrescriptionItem]) -> dict[PrescriptionItem, list[Finding]]:
    """Findings of these items beside everything else the patient takes, by the facts of this moment."""
    running = running_items(prescription.patient, besides=[prescription.pk])
    return check_items(items, running, facts_about(prescription.patient))


def reasons_given(items: Iterable[PrescriptionItem]) -> dict[tuple[UUID, str], SafetyWarning]:
    """Warnings already answered with a reason, by item and key."""
    rows = SafetyWarning.objects.filter(item__in=list(items)).exclude(reason="").select_related("by")
    return {(row.item_id, row.key): row for row in rows}


def warnings_at(item_ids: Iterable[UUID], stage: CheckStage) -> list[SafetyWarning]:
    return list(SafetyWarning.objects.filter(item__in=list(item_ids), stage=stage).select_related("by"))
