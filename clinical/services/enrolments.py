"""Enrolment: a patient at the desk becomes a visit with a charge, a number in a queue and an encounter, or nothing."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from billing.models import Charge
from billing.services.charges import capture
from clinical.models import Encounter
from clinical.services.closing import WITHOUT_CONSULTATION
from clinical.services.encounters import CHARGE_SOURCE
from clinical.services.moves import record_move
from clinical.states import EncounterStatus
from core import events
from core.clock import now
from insurance.services.visits import cover_visit
from patients.models import Visit
from patients.services.visits import open_visit
from patients.states import Payer, VisitKind
from queueing.models import Ticket
from queueing.services.tickets import issue_ticket
from queueing.states import Priority


class Enrolment(NamedTuple):
    visit: Visit
    encounter: Encounter
    ticket: Ticket
    charge: Charge | None  # none for laboratory and pharmacy only


@transaction.atomic
def enrol_visit(
    *,
    patient,
    kind: str,
    branch,
    department,
    by,
    practitioner=None,
    payer: str = Payer.SELF,
    payer_note: str = "",
    reason: str = "",
    priority: str = Priority.NORMAL,
    coverage=None,
    case_rate=None,
) -> Enrolment:
    """Open today's visit, charge the consultation, give a ticket and let the encounter wait.

    The ticket comes late, because its queue stays locked until this transaction ends.
    A `coverage` of the patient, with its `case_rate` where the contract pays by case, says who pays.
    Raises insurance.errors, VisitAlreadyOpen, PatientIsDeceased, PatientAlreadyQueued, PriceMissing.
    """
    visit = open_visit(
        patient=patient,
        kind=kind,
        branch=branch,
        department=department,
        practitioner=practitioner,
        payer=payer,
        payer_note=payer_note,
        reason=reason,
        by=by,
    )
    if coverage:
        cover_visit(visit=visit, coverage=coverage, case_rate=case_rate, by=by)
    if kind == VisitKind.EMERGENCY:
        priority = Priority.EMERGENCY
    encounter = _new_encounter(visit, priority)
    charge = _charge_consultation(visit, encounter, by=by)
    ticket = issue_ticket(visit=visit, department=department, practitioner=practitioner, priority=priority, by=by)
    encounter.ticket = ticket
    encounter.save(force_insert=True)
    record_move(encounter, "enrol", "", by=by, reason="")
    events.publish("clinical.visit_enrolled", visit_id=visit.pk, encounter_id=encounter.pk)
    return Enrolment(visit, encounter, ticket, charge)


def _new_encounter(visit: Visit, priority: str) -> Encounter:
    return Encounter(
        visit=visit,
        patient_id=visit.patient_id,
        branch_id=visit.branch_id,
        department_id=visit.department_id,
        specialty=visit.department.specialty,
        practitioner_id=visit.practitioner_id,
        date=visit.date,
        priority=priority,
        arrived_at=now(),
        **_begun(visit),
    )


def _begun(visit: Visit) -> dict[str, Any]:
    """Without a consultation nobody starts the encounter: orders may be written in it at once."""
    if visit.kind not in WITHOUT_CONSULTATION:
        return {}
    return {"status": EncounterStatus.IN_PROGRESS, "started_at": now()}


def _charge_consultation(visit: Visit, encounter: Encounter, *, by) -> Charge | None:
    if visit.kind in WITHOUT_CONSULTATION:
        return None
    return capture(
        visit=visit,
        source_kind=CHARGE_SOURCE,
        source_id=encounter.pk,
        service_code=f"CONS-{visit.department.code}",
        quantity=Decimal(1),
        text="",
        by=by,
    )
