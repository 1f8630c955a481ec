"""Opening, closing and cancelling of visits."""

from django.db import transaction

from accounts.models import Branch, Department, User
from core import clock, events
from core.numbering import next_number
from core.preferences import preference
from patients.errors import PatientIsDeceased, PatientIsErased, VisitAlreadyOpen
from patients.models import Patient, Visit, VisitMove
from patients.states import VISIT_FLOW, Payer, VisitStatus


@transaction.atomic
def open_visit(
    *,
    patient: Patient,
    kind: str,
    branch: Branch,
    department: Department,
    practitioner: User | None = None,
    payer: str = Payer.SELF,
    payer_note: str = "",
    reason: str = "",
    by: User,
) -> Visit:
    """Open today's visit of a patient to a department.

    The patient's row is locked, so of two desks only the first opens it. Raises VisitAlreadyOpen, PatientIsDeceased.
    """
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if locked.erased_at:
        raise PatientIsErased()
    if locked.deceased_on:
        raise PatientIsDeceased()
    day = clock.today()
    if Visit.objects.filter(patient=locked, department=department, date=day, status=VisitStatus.OPEN).exists():
        raise VisitAlreadyOpen()
    visit = Visit.objects.create(
        number=preference("patients.visit_format").format(number=next_number("patients.visit"), date=day),
        patient=patient,
        kind=kind,
        branch=branch,
        department=department,
        practitioner=practitioner,
        payer=payer,
        payer_note=payer_note,
        reason=reason,
        date=day,
        opened_at=clock.now(),
        opened_by=by,
    )
    VisitMove.objects.create(visit=visit, to_status=VisitStatus.OPEN, by=by)
    events.publish("patients.visit_opened", visit_id=visit.pk, patient_id=patient.pk)
    return visit


def close_visit(*, visit: Visit, by: User | None, reason: str = "") -> Visit:
    """Close a visit whose work is done. Raises core.states.MoveNotAllowed when it is not open any more."""
    return _move(visit, "close", reason=reason, by=by)


def cancel_visit(*, visit: Visit, reason: str, by: User | None) -> Visit:
    """Cancel a visit that did not take place. Raises core.states.MoveNotAllowed when it is not open any more."""
    return _move(visit, "cancel", reason=reason, by=by)


@transaction.atomic
def set_payer(*, visit: Visit, payer: str, by: User) -> Visit:
    """Say who pays for a visit; nothing happens when it is said already. The visit's row is locked."""
    locked = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    if locked.payer != payer:
        locked.payer = payer
        locked.touch_version()
        locked.save(update_fields=["payer", "version", "updated_at"])
    visit.payer, visit.version = locked.payer, locked.version
    return locked


@transaction.atomic
def _move(visit: Visit, verb: str, *, reason: str, by: User | None) -> Visit:
    locked = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    before, locked.status = locked.status, VISIT_FLOW.check(verb, locked.status)
    locked.closed_at = clock.now()
    locked.touch_version()
    locked.save(update_fields=["status", "closed_at", "version", "updated_at"])
    VisitMove.objects.create(visit=locked, from_status=before, to_status=locked.status, reason=reason, by=by)
    events.publish(f"patients.visit_{locked.status}", visit_id=locked.pk, patient_id=locked.patient_id)
    visit.refresh_from_db(fields=["status", "closed_at", "version"])
    return locked
