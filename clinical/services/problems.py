"""The problem list and the history of a patient."""

from django.db import transaction

from clinical.models import Condition, HistoryItem
from clinical.states import HistoryKind, RecordStatus
from patients.models import Patient
from terminology.models import Icd10Code


@transaction.atomic
def record_condition(
    *, patient: Patient, by, text: str = "", code: str = "", since_year: int | None = None
) -> Condition:
    """Add a lasting problem; with a code its ICD-10 title is the text unless one is given."""
    item = Icd10Code.objects.filter(code=code).first() if code else None
    return Condition.objects.create(
        patient=patient,
        code=item.code if item else "",
        text=text or (item.title if item else ""),
        since_year=since_year,
        recorded_by=by,
    )


@transaction.atomic
def end_condition(*, condition: Condition, status: str, by) -> Condition:
    """A problem was resolved, or entered in error."""
    condition = Condition.objects.select_for_update(of=("self",), no_key=True).get(pk=condition.pk)
    condition.status = RecordStatus(status)
    condition.save(update_fields=["status", "updated_at"])
    return condition


@transaction.atomic
def record_history(*, patient: Patient, text: str, by, kind: str = HistoryKind.MEDICAL) -> HistoryItem:
    return HistoryItem.objects.create(patient=patient, kind=kind, text=text, recorded_by=by)


@transaction.atomic
def end_history(*, item: HistoryItem, by) -> HistoryItem:
    item = HistoryItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    item.status = RecordStatus.ENTERED_IN_ERROR
    item.save(update_fields=["status", "updated_at"])
    return item
