"""Allergies and the statement that none are known."""

from django.db import transaction

from clinical.errors import AllergiesExist, AllergyAlreadyRecorded, ReasonMissing
from clinical.models import Allergy, AllergyReview
from clinical.states import AllergyKind, RecordStatus, Severity
from clinical.substances import find_substance
from core import events
from core.clock import now
from core.text import normalise
from patients.models import Patient


@transaction.atomic
def record_allergy(
    *,
    patient: Patient,
    substance: str,
    by,
    atc_code: str = "",
    kind: str = AllergyKind.MEDICINE,
    reaction: str = "",
    severity: str = Severity.MODERATE,
) -> Allergy:
    """Record one substance; a name from the list of substances brings its ATC code. Raises AllergyAlreadyRecorded."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    known = find_substance(substance) if not atc_code else None
    active = patient.allergies.filter(status=RecordStatus.ACTIVE)
    if any(normalise(one.substance) == normalise(substance) for one in active):
        raise AllergyAlreadyRecorded()
    allergy = Allergy.objects.create(
        patient=patient,
        kind=known.kind if known else kind,
        substance=substance.strip(),
        atc_code=known.atc if known else atc_code,
        reaction=reaction,
        severity=severity,
        recorded_by=by,
    )
    events.publish("clinical.allergy_recorded", allergy_id=allergy.pk, patient_id=patient.pk)
    return allergy


@transaction.atomic
def end_allergy(*, allergy: Allergy, status: str, reason: str, by) -> Allergy:
    """An allergy was refuted (resolved) or entered in error; needs a reason."""
    if not reason.strip():
        raise ReasonMissing()
    allergy = Allergy.objects.select_for_update(of=("self",), no_key=True).get(pk=allergy.pk)
    allergy.status = RecordStatus(status)
    allergy.ended_reason = reason
    allergy.save(update_fields=["status", "ended_reason", "updated_at"])
    return allergy


@transaction.atomic
def record_no_known_allergies(*, patient: Patient, by) -> AllergyReview:
    """Somebody asked and the patient knows of none. Raises AllergiesExist."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if patient.allergies.filter(status=RecordStatus.ACTIVE).exists():
        raise AllergiesExist()
    return AllergyReview.objects.create(patient=patient, reviewed_at=now(), reviewed_by=by)
