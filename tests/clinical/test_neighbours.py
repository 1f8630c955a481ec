"""What the clinic does when queues, pharmacy, laboratory and cashier have done their part."""

import pytest

from billing.models import Charge
from billing.services.charges import waive
from clinical import subscribers
from clinical.services import encounters
from clinical.services.notes import save_draft, sign_note
from clinical.tasks import close_done_visits
from queueing import subscribers as queue_subscribers
from queueing.services import tickets
from queueing.tasks import expire_tickets
from tests.factories.clinical import enrol, in_consultation, price_consultations
from tests.factories.queueing import department, room


@pytest.fixture
def seen(receptionist, doctor):
    """A visit whose consultation is finished but not paid."""
    encounter = in_consultation(doctor=doctor, by=receptionist)
    note = save_draft(encounter=encounter, texts={"subjective": "well"}, version=0, by=doctor)
    sign_note(encounter=encounter, version=note.version, by=doctor)
    return encounters.finish_encounter(
        encounter=encounter, disposition="home", no_diagnosis_reason="check-up", by=doctor
    ).visit


def test_a_visit_closes_when_the_cashier_settled_it(seen, cashier):
    subscribers.close_visit_when_done(visit_id=str(seen.pk))
    seen.refresh_from_db()
    assert seen.status == "open"
    waive(charge=Charge.objects.get(), reason="staff member", by=cashier)
    subscribers.close_visit_when_done(visit_id=str(seen.pk))
    subscribers.close_visit_when_done(visit_id=str(seen.pk))  # delivered twice
    seen.refresh_from_db()
    assert (seen.status, [move.to_status for move in seen.moves.all()]) == ("closed", ["open", "closed"])


def test_a_closing_that_was_missed_is_made_up_for(seen, cashier):
    waive(charge=Charge.objects.get(), reason="staff member", by=cashier)
    assert close_done_visits() == 1
    assert close_done_visits() == 0


def test_a_released_result_brings_the_patient_back(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    encounters.send_for_tests(encounter=encounter, by=doctor)
    subscribers.call_patient_back(encounter=str(encounter.pk), item="x")
    encounter.refresh_from_db()
    assert encounter.status == "returning"


def test_a_ticket_transferred_at_the_queue_takes_the_encounter_along(receptionist, nurse, doctor, doctor2):
    done = enrol(by=receptionist, practitioner=doctor)
    new = tickets.transfer(
        ticket=done.ticket, department=department(), practitioner=doctor2, reason="shorter line", by=nurse
    )
    subscribers.move_encounter_along(ticket_id=str(done.ticket.pk), visit_id=str(done.visit.pk))
    done.encounter.refresh_from_db()
    assert (done.encounter.ticket, done.encounter.practitioner) == (new, doctor2)


def test_a_ticket_cancelled_at_the_queue_ends_the_encounter_and_its_charge(receptionist, nurse):
    done = enrol(by=receptionist)
    tickets.cancel_ticket(ticket=done.ticket, reason="went home", by=nurse)
    subscribers.end_encounter_without_patient(ticket_id=str(done.ticket.pk), visit_id=str(done.visit.pk))
    done.encounter.refresh_from_db()
    done.visit.refresh_from_db()
    assert (done.encounter.status, done.visit.status, Charge.objects.get().status) == ("left", "cancelled", "cancelled")


def test_a_consultation_that_began_is_not_ended_by_its_ticket(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    subscribers.end_encounter_without_patient(ticket_id=str(encounter.ticket_id))
    encounter.refresh_from_db()
    assert encounter.status == "in_progress"


def test_whoever_never_came_is_cleared_away_at_midnight(receptionist, doctor, clock):
    price_consultations()
    done = enrol(by=receptionist, practitioner=doctor)
    clock.advance(days=1)
    assert expire_tickets() == 1
    subscribers.end_encounter_without_patient(ticket_id=str(done.ticket.pk))
    done.visit.refresh_from_db()
    assert done.visit.status == "cancelled"


def test_a_cancelled_visit_leaves_no_number_waiting(receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=done.ticket.queue, room=room(), by=doctor)
    queue_subscribers.close_tickets_of_cancelled_visit(visit_id=str(done.visit.pk))
    done.ticket.refresh_from_db()
    assert done.ticket.status == "cancelled"


def test_laboratory_only_closes_without_a_consultation(receptionist):
    done = enrol(by=receptionist, kind="laboratory", code="LAB")
    subscribers.close_visit_when_done(visit_id=str(done.visit.pk))
    done.visit.refresh_from_db()
    done.encounter.refresh_from_db()
    assert (done.visit.status, done.encounter.status) == ("closed", "finished")
