"""The way of a ticket: numbers, calls, and what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.clock import today
from core.states import MoveNotAllowed
from queueing.errors import (
    PatientAlreadyQueued,
    QueueIsOver,
    ReasonMissing,
    RoomHasCalledTicket,
    RoomIsServing,
    TicketNotOpen,
)
from queueing.models import Queue, Ticket
from queueing.queries import people_ahead, waiting_tickets
from queueing.services import tickets
from tests.factories.queueing import department, make_queue, make_ticket, make_visit, room


def test_the_first_ticket_of_the_day_is_number_one_of_a_letter(doctor, receptionist):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    assert ticket.number == 1
    assert ticket.label == f"{ticket.queue.prefix}-001"
    assert ticket.status == "waiting"


def test_every_doctor_has_an_own_line_with_an_own_letter(doctor, doctor2, receptionist):
    first, second = (make_ticket(by=receptionist, practitioner=one) for one in (doctor, doctor2))
    assert first.queue != second.queue
    assert first.queue.prefix != second.queue.prefix
    assert (first.number, second.number) == (1, 1)


def test_a_doctor_keeps_the_letter_of_the_day_before(doctor, doctor2):
    yesterday = make_queue(practitioner=doctor, date=today() - timedelta(days=1))
    make_queue(practitioner=doctor2)
    assert make_queue(practitioner=doctor).prefix == yesterday.prefix


def test_a_department_without_doctor_has_one_line(receptionist):
    first, second = make_ticket(by=receptionist), make_ticket(by=receptionist)
    assert first.queue == second.queue
    assert [first.number, second.number] == [1, 2]


def test_numbers_begin_anew_every_day(receptionist, clock):
    assert make_ticket(by=receptionist).number == 1
    clock.advance(days=1)
    assert make_ticket(by=receptionist).number == 1


def test_a_number_rolled_back_is_given_out_again(receptionist):
    make_ticket(by=receptionist)
    with transaction.atomic():
        assert make_ticket(by=receptionist).number == 2
        transaction.set_rollback(True)
    assert make_ticket(by=receptionist).number == 2


def test_a_patient_holds_one_open_ticket_in_a_queue(receptionist):
    visit = make_visit(by=receptionist)
    make_ticket(by=receptionist, visit=visit)
    with pytest.raises(PatientAlreadyQueued):
        make_ticket(by=receptionist, visit=visit)
    assert Ticket.objects.count() == 1
    assert Queue.objects.get().last_number == 1


def test_a_patient_may_wait_in_two_queues(receptionist):
    visit = make_visit(by=receptionist)
    first, second = make_ticket(by=receptionist, visit=visit), make_ticket(by=receptionist, visit=visit, code="ER")
    assert first.queue != second.queue


def test_call_next_takes_emergency_then_returning_then_the_longest_waiting(doctor, receptionist, clock):
    normal = make_ticket(by=receptionist, practitioner=doctor)
    clock.advance(minutes=1)
    returning = make_ticket(by=receptionist, practitioner=doctor, priority="returning")
    clock.advance(minutes=1)
    emergency = make_ticket(by=receptionist, practitioner=doctor, priority="emergency")
    order = [ticket.pk for ticket in waiting_tickets(normal.queue)]
    assert order == [emergency.pk, returning.pk, normal.pk]
    assert people_ahead(normal) == 2
    assert tickets.call_next(queue=normal.queue, room=room(), by=doctor) == emergency


def test_call_next_of_an_empty_queue_is_nobody(doctor):
    assert tickets.call_next(queue=make_queue(practitioner=doctor), room=room(), by=doctor) is None


def test_a_room_calls_one_patient_at_a_time(doctor, receptionist):
    first = make_ticket(by=receptionist, practitioner=doctor)
    make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=first.queue, room=room(), by=doctor)
    with pytest.raises(RoomHasCalledTicket):
        tickets.call_next(queue=first.queue, room=room(), by=doctor)
    assert Ticket.objects.filter(status="called").count() == 1


def test_a_room_serves_one_patient_at_a_time(doctor, receptionist):
    first = make_ticket(by=receptionist, practitioner=doctor)
    make_ticket(by=receptionist, practitioner=doctor)
    tickets.start(ticket=tickets.call_next(queue=first.queue, room=room(), by=doctor), by=doctor)
    second = tickets.call_next(queue=first.queue, room=room(), by=doctor)
    with pytest.raises(RoomIsServing):
        tickets.start(ticket=second, by=doctor)
    second.refresh_from_db()
    assert second.status == "called"


def test_a_recall_is_counted(doctor, receptionist):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    tickets.recall(ticket=ticket, by=doctor)
    assert tickets.recall(ticket=ticket, by=doctor).call_count == 3


def test_skipping_needs_a_reason_and_frees_the_room(doctor, receptionist):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    with pytest.raises(ReasonMissing):
        tickets.skip(ticket=ticket, reason="  ", by=doctor)
    skipped = tickets.skip(ticket=ticket, reason="does not answer", by=doctor)
    assert (skipped.status, skipped.room) == ("skipped", None)


def test_who_was_skipped_comes_back_at_the_end_of_the_line(doctor, receptionist, clock):
    late = make_ticket(by=receptionist, practitioner=doctor)
    tickets.skip(ticket=late, reason="not here", by=doctor)
    clock.advance(minutes=5)
    patient = make_ticket(by=receptionist, practitioner=doctor)
    clock.advance(minutes=5)
    tickets.return_to_queue(ticket=late, by=doctor)
    assert [ticket.pk for ticket in waiting_tickets(late.queue)] == [patient.pk, late.pk]


def test_who_was_sent_for_tests_comes_back_before_the_others(doctor, receptionist, clock):
    away = make_ticket(by=receptionist, practitioner=doctor)
    tickets.start(ticket=tickets.call_next(queue=away.queue, room=room(), by=doctor), by=doctor)
    tickets.pause(ticket=away, by=doctor)
    clock.advance(minutes=30)
    waiting = make_ticket(by=receptionist, practitioner=doctor)
    assert tickets.call_next(queue=away.queue, room=room("2"), by=doctor) == waiting
    back = tickets.resume(ticket=away, by=None)
    assert (back.status, back.priority) == ("waiting", "returning")


def test_a_closed_ticket_does_not_move_any_more(doctor, receptionist):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.cancel_ticket(ticket=ticket, reason="went home", by=receptionist)
    for act in (tickets.recall, tickets.start, tickets.finish, tickets.return_to_queue, tickets.no_show):
        with pytest.raises(MoveNotAllowed):
            act(ticket=ticket, by=doctor)
    with pytest.raises(TicketNotOpen):
        tickets.set_priority(ticket=ticket, priority="emergency", reason="pain", by=doctor)


def test_the_database_refuses_to_reopen_or_renumber_a_ticket(doctor, receptionist):
    ticket = make_ticket(by=receptionist)
    tickets.cancel_ticket(ticket=ticket, reason="went home", by=receptionist)
    for column, value in (("status", "waiting"), ("number", 9), ("label", "Z-009")):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE queueing_ticket SET {column} = %s WHERE id = %s", [value, ticket.pk])


def test_a_transfer_closes_one_ticket_and_opens_another_of_the_same_visit(doctor, doctor2, nurse, receptionist):
    old = make_ticket(by=receptionist, practitioner=doctor, priority="emergency")
    new = tickets.transfer(
        ticket=old, department=department(), practitioner=doctor2, reason="doctor called away", by=nurse
    )
    old.refresh_from_db()
    assert (old.status, new.status, new.visit, new.transferred_from) == ("transferred", "waiting", old.visit, old)
    assert (new.queue.practitioner, new.priority) == (doctor2, "emergency")


def test_every_move_leaves_a_line_of_history_that_cannot_change(doctor, receptionist):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=ticket.queue, room=room(), by=doctor)
    tickets.skip(ticket=ticket, reason="does not answer", by=doctor)
    lines = [(move.verb, move.from_status, move.to_status, move.by_name, move.reason) for move in ticket.moves.all()]
    assert lines == [
        ("issue", "", "waiting", str(receptionist), ""),
        ("call", "waiting", "called", str(doctor), ""),
        ("skip", "called", "skipped", str(doctor), "does not answer"),
    ]
    with pytest.raises(Exception, match=r"append-only|denied"), transaction.atomic():
        connection.cursor().execute("DELETE FROM queueing_ticketmove")


def test_a_queue_of_yesterday_is_not_called(doctor, receptionist, clock):
    ticket = make_ticket(by=receptionist, practitioner=doctor)
    clock.advance(days=1)
    with pytest.raises(QueueIsOver):
        tickets.call_next(queue=ticket.queue, room=room(), by=doctor)


def test_at_midnight_open_tickets_of_the_day_before_expire(doctor, receptionist, clock):
    old = make_ticket(by=receptionist, practitioner=doctor)
    clock.advance(days=1)
    new = make_ticket(by=receptionist, practitioner=doctor)
    assert tickets.expire_tickets() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == ("expired", "waiting")


def test_a_room_is_not_blocked_by_a_ticket_forgotten_yesterday(doctor, receptionist, clock):
    old = make_ticket(by=receptionist, practitioner=doctor)
    tickets.call_next(queue=old.queue, room=room(), by=doctor)
    clock.advance(days=1)
    new = make_ticket(by=receptionist, practitioner=doctor)
    assert tickets.call_next(queue=new.queue, room=room(), by=doctor) == new


def test_closing_a_visit_closes_its_tickets(doctor, receptionist):
    visit = make_visit(by=receptionist)
    waiting = make_ticket(by=receptionist, visit=visit)
    assert tickets.close_tickets_of_visit(visit=visit, reason="visit closed", by=None) == 1
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
