"""The way of an encounter, and of the visit around it."""

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Charge
from clinical.errors import AnotherPatientInRoom, DiagnosisMissing, NoteNotSigned, NotYourPatient, ReasonMissing
from clinical.services import consultations, encounters
from clinical.services.closing import close_visit_if_done
from clinical.services.notes import save_draft, sign_note
from core.states import MoveNotAllowed
from tests.factories.clinical import enrol, in_consultation
from tests.factories.queueing import department, room


def signed(encounter, by):
    note = save_draft(encounter=encounter, texts={"subjective": "cough for three days"}, version=0, by=by)
    return sign_note(encounter=encounter, version=note.version, by=by)


def test_calling_and_starting_moves_ticket_and_encounter_together(receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    called = consultations.call_next_patient(queue=done.ticket.queue, room=room(), by=doctor)
    assert called == done.encounter
    started = encounters.start_encounter(encounter=called, by=doctor)
    done.ticket.refresh_from_db()
    assert (started.status, done.ticket.status, done.ticket.room) == ("in_progress", "serving", room())


def test_two_doctors_of_one_department_queue_get_two_patients(receptionist, doctor, doctor2, race):
    first = enrol(by=receptionist)
    enrol(by=receptionist)
    outcome = race(
        lambda: consultations.call_next_patient(queue=first.ticket.queue, room=room("1"), by=doctor),
        lambda: consultations.call_next_patient(queue=first.ticket.queue, room=room("2"), by=doctor2),
    )
    assert outcome.errors == []
    assert len({encounter.pk for encounter in outcome.results}) == 2


def test_a_doctor_sees_one_patient_at_a_time(receptionist, doctor):
    in_consultation(doctor=doctor, by=receptionist)
    second = enrol(by=receptionist, practitioner=doctor)
    with pytest.raises(AnotherPatientInRoom):
        encounters.start_encounter(encounter=second.encounter, room=room(), by=doctor)
    second.ticket.refresh_from_db()
    assert second.ticket.status == "waiting"


def test_two_doctors_start_one_patient_and_one_of_them_wins(receptionist, doctor, doctor2, race):
    encounter = enrol(by=receptionist).encounter
    outcome = race(
        lambda: encounters.start_encounter(encounter=encounter, room=room("1"), by=doctor),
        lambda: encounters.start_encounter(encounter=encounter, room=room("2"), by=doctor2),
    )
    assert len(outcome.results) == 1
    assert isinstance(outcome.errors[0], MoveNotAllowed)


def test_a_patient_sent_for_tests_comes_back_into_line(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    encounters.send_for_tests(encounter=encounter, by=doctor)
    back = encounters.results_in(encounter=encounter)
    back.ticket.refresh_from_db()
    assert (back.status, back.ticket.status, back.ticket.priority) == ("returning", "waiting", "returning")
    assert encounters.results_in(encounter=encounter).status == "returning"
    again = encounters.start_encounter(encounter=encounter, room=room(), by=doctor)
    assert again.status == "in_progress"


def test_results_still_to_come_keep_the_patient_away(receptionist, doctor, monkeypatch):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    encounters.send_for_tests(encounter=encounter, by=doctor)
    monkeypatch.setattr(encounters, "_pending", [lambda one: True])
    assert encounters.results_in(encounter=encounter).status == "awaiting_results"


def test_finishing_needs_a_signed_note_and_a_diagnosis_or_a_reason(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    with pytest.raises(NoteNotSigned):
        encounters.finish_encounter(encounter=encounter, disposition="home", by=doctor)
    signed(encounter, doctor)
    with pytest.raises(DiagnosisMissing):
        encounters.finish_encounter(encounter=encounter, disposition="home", by=doctor)
    done = encounters.finish_encounter(
        encounter=encounter, disposition="home", no_diagnosis_reason="check-up only", by=doctor
    )
    done.ticket.refresh_from_db()
    assert (done.status, done.ticket.status) == ("finished", "done")


def test_only_the_practitioner_finishes(receptionist, doctor, doctor2):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    signed(encounter, doctor)
    with pytest.raises(NotYourPatient):
        encounters.finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor2)


def test_a_finished_encounter_never_opens_again(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    signed(encounter, doctor)
    encounters.finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor)
    with pytest.raises(MoveNotAllowed):
        encounters.start_encounter(encounter=encounter, by=doctor)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE clinical_encounter SET status = 'in_progress' WHERE id = %s", [encounter.pk])


def test_a_no_show_ends_the_encounter_and_takes_the_charge_back(receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    consultations.call_next_patient(queue=done.ticket.queue, room=room(), by=doctor)
    left = consultations.mark_no_show(encounter=done.encounter, by=doctor)
    done.ticket.refresh_from_db()
    done.visit.refresh_from_db()
    assert (left.status, done.ticket.status, done.visit.status) == ("left", "no_show", "cancelled")
    assert Charge.objects.get().status == "cancelled"


def test_leaving_needs_a_reason(receptionist):
    encounter = enrol(by=receptionist).encounter
    with pytest.raises(ReasonMissing):
        encounters.leave_encounter(encounter=encounter, reason="", by=receptionist)


def test_a_patient_sent_to_another_doctor_waits_there(receptionist, doctor, doctor2):
    encounter = enrol(by=receptionist, practitioner=doctor).encounter
    moved = encounters.transfer_encounter(
        encounter=encounter, department=department(), practitioner=doctor2, reason="doctor called away", by=receptionist
    )
    assert (moved.practitioner, moved.ticket.queue.practitioner, moved.status) == (doctor2, doctor2, "waiting")


def test_an_unpaid_visit_stays_open_and_a_settled_one_closes(receptionist, doctor):
    encounter = in_consultation(doctor=doctor, by=receptionist)
    signed(encounter, doctor)
    encounters.finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor)
    visit = encounter.visit
    assert not close_visit_if_done(visit)
    from billing.services.charges import waive

    waive(charge=Charge.objects.get(), reason="staff member", by=receptionist)
    close_visit_if_done(visit)
    visit.refresh_from_db()
    assert visit.status == "closed"
    assert not close_visit_if_done(visit)


def test_a_department_with_work_left_keeps_the_visit_open(receptionist, doctor, monkeypatch):
    from billing.services.charges import waive
    from clinical.services import closing

    encounter = in_consultation(doctor=doctor, by=receptionist)
    signed(encounter, doctor)
    encounters.finish_encounter(encounter=encounter, disposition="home", no_diagnosis_reason="x", by=doctor)
    waive(charge=Charge.objects.get(), reason="staff member", by=receptionist)
    monkeypatch.setattr(closing, "_unfinished", [lambda visit: True])
    assert not close_visit_if_done(encounter.visit)
