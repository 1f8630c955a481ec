"""Rules that must hold when several people press at the same moment."""

from django.db.models import Count

from queueing.errors import PatientAlreadyQueued, RoomHasCalledTicket
from queueing.models import Queue, Ticket
from queueing.services import tickets
from tests.factories.queueing import make_queue, make_ticket, make_visit, room


def test_twenty_desks_number_without_gaps_or_repeats(receptionist, doctor, race):
    visits = [make_visit(by=receptionist) for _ in range(20)]
    outcome = race(
        *(lambda visit=visit: make_ticket(by=receptionist, visit=visit, practitioner=doctor) for visit in visits)
    )
    assert outcome.errors == []
    assert sorted(ticket.number for ticket in outcome.results) == list(range(1, 21))
    assert Queue.objects.count() == 1


def test_two_doctors_on_one_queue_never_call_the_same_patient(receptionist, doctor, doctor2, race):
    first = make_ticket(by=receptionist)
    make_ticket(by=receptionist)
    outcome = race(
        lambda: tickets.call_next(queue=first.queue, room=room("1"), by=doctor),
        lambda: tickets.call_next(queue=first.queue, room=room("2"), by=doctor2),
    )
    assert outcome.errors == []
    assert len({ticket.pk for ticket in outcome.results}) == 2


def test_many_calls_of_one_room_call_one_patient(receptionist, doctor, race):
    first = make_ticket(by=receptionist)
    for _ in range(5):
        make_ticket(by=receptionist)
    outcome = race(lambda: tickets.call_next(queue=first.queue, room=room(), by=doctor), times=6)
    assert len(outcome.results) == 1
    assert all(isinstance(error, RoomHasCalledTicket) for error in outcome.errors)
    assert Ticket.objects.filter(status="called").count() == 1


def test_one_patient_sent_to_a_queue_by_two_desks_gets_one_ticket(receptionist, race):
    visit = make_visit(by=receptionist)
    outcome = race(lambda: make_ticket(by=receptionist, visit=visit), times=4)
    assert len(outcome.results) == 1
    assert all(isinstance(error, PatientAlreadyQueued) for error in outcome.errors)


def test_two_lines_opened_at_once_get_two_letters(doctor, doctor2, race):
    outcome = race(
        lambda: make_queue(practitioner=doctor), lambda: make_queue(practitioner=doctor2), lambda: make_queue(), times=2
    )
    assert outcome.errors == []
    letters = Queue.objects.values("prefix").annotate(times=Count("pk"))
    assert sorted(row["times"] for row in letters) == [1, 1, 1]
