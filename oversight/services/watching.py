from django.db import transaction

from accounts.models import User
from core import clock
from oversight.errors import ReasonMissing
from oversight.models import WatchedPatient
from patients.models import Patient

SHORTEST_REASON = 10


@transaction.atomic
def watch_patient(*, patient: Patient, reason: str, by: User) -> WatchedPatient:
    """Raise an alert from now on when somebody reads this record without treating the patient."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    watched = WatchedPatient.objects.filter(patient=patient, ended_at__isnull=True).first()
    return watched or WatchedPatient.objects.create(
        patient=patient, reason=reason.strip()[:200], by_id=by.pk, by_name=str(by)
    )


@transaction.atomic
def end_watch(*, patient: Patient, by: User) -> None:
    WatchedPatient.objects.filter(patient=patient, ended_at__isnull=True).update(ended_at=clock.now())
