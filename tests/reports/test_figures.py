"""Figures of the day, counted from what really happened."""

import datetime

import pytest

from clinical.services.consultations import mark_no_show
from core import clock as now
from queueing.services.tickets import call_ticket, recall
from reports.queries.visits import visit_counts, waits_by_department
from tests.factories.clinical import enrol, price_consultations


@pytest.fixture
def line(samaki, receptionist, doctor):
    price_consultations()
    return lambda: enrol(by=receptionist, practitioner=doctor).encounter


def test_a_wait_ends_with_the_first_call_however_often_the_patient_is_called(clock, line, doctor):
    first, second = line(), line()
    line()
    clock.advance(minutes=10)
    ticket = call_ticket(ticket=first.ticket, room=None, by=doctor)
    clock.advance(minutes=30)
    recall(ticket=ticket, by=doctor)
    call_ticket(ticket=second.ticket, room=None, by=doctor)
    (wait,) = waits_by_department(now.today())
    assert (wait.waiting, wait.called, wait.minutes) == (1, 2, 25)


def test_a_patient_who_did_not_come_waited_but_is_no_visit(clock, line, doctor, after_commit):
    gone = line()
    line()
    clock.advance(minutes=5)
    call_ticket(ticket=gone.ticket, room=None, by=doctor)
    with after_commit():
        mark_no_show(encounter=gone, by=doctor)
    gone.visit.refresh_from_db()
    counts = visit_counts(now.today())
    assert gone.visit.status == "cancelled"
    assert (counts.total, counts.open, counts.cancelled) == (1, 1, 1)


def test_yesterday_is_not_today(line):
    line()
    yesterday = now.today() - datetime.timedelta(days=1)
    assert visit_counts(yesterday).total == 0
    assert waits_by_department(yesterday) == []
