"""Diagnoses of an encounter: recorded by code, one of them the main one, withdrawn rather than deleted."""

from django.db import IntegrityError, transaction

from clinical.errors import DiagnosisAlreadyRecorded, UnknownDiagnosisCode
from clinical.models import Diagnosis, Encounter
from clinical.services.moves import lock_encounter, refuse_unwritable
from clinical.states import CaseKind, Certainty, DiagnosisRole, RecordStatus
from core import events
from core.crypto import index_number
from terminology.models import Icd10Code


def code_index(code: str) -> int:
    """Blind index by which diagnoses of one code are counted and found without reading any."""
    return index_number(code, purpose="diagnosis")


@transaction.atomic
def record_diagnosis(
    *,
    encounter: Encounter,
    code: str,
    by,
    role: str = DiagnosisRole.PRIMARY,
    certainty: str = Certainty.CONFIRMED,
    case_kind: str = CaseKind.NEW,
) -> Diagnosis:
    """Record a diagnosis by its ICD-10 code. A new main diagnosis makes the former one a secondary.

    Raises UnknownDiagnosisCode, DiagnosisAlreadyRecorded, EncounterIsClosed, EncounterNotStarted.
    """
    encounter = lock_encounter(encounter)
    refuse_unwritable(encounter)
    item = Icd10Code.objects.filter(code=code, selectable=True).first()
    if item is None:
        raise UnknownDiagnosisCode()
    if role == DiagnosisRole.PRIMARY:
        _step_down(encounter)
    try:
        with transaction.atomic():
            diagnosis = Diagnosis.objects.create(
                encounter=encounter,
                patient_id=encounter.patient_id,
                code=item.code,
                text=item.title,
                code_index=code_index(item.code),
                role=role,
                certainty=certainty,
                case_kind=case_kind,
                recorded_by=by,
            )
    except IntegrityError as error:
        raise DiagnosisAlreadyRecorded() from error
    events.publish("clinical.diagnosis_recorded", diagnosis_id=diagnosis.pk, encounter_id=encounter.pk)
    return diagnosis


@transaction.atomic
def withdraw_diagnosis(*, diagnosis: Diagnosis, by) -> Diagnosis:
    """Mark a diagnosis as entered in error while the encounter is open."""
    refuse_unwritable(lock_encounter(diagnosis.encounter))
    diagnosis = Diagnosis.objects.select_for_update(of=("self",), no_key=True).get(pk=diagnosis.pk)
    diagnosis.status = RecordStatus.ENTERED_IN_ERROR
    diagnosis.save(update_fields=["status", "updated_at"])
    return diagnosis


def _step_down(encounter: Encounter) -> None:
    encounter.diagnoses.filter(role=DiagnosisRole.PRIMARY, status=RecordStatus.ACTIVE).update(
        role=DiagnosisRole.SECONDARY
    )
