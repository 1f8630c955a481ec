"""Visits: one open per patient, department and day, also when two desks act at once."""

import pytest

from core.states import MoveNotAllowed
from patients.errors import PatientIsDeceased, VisitAlreadyOpen
from patients.models import Visit
from patients.queries import open_visits
from patients.services.visits import cancel_visit, close_visit
from tests.factories.patients import patient, visit


@pytest.mark.django_db
def test_a_visit_opens_on_the_hospitals_date_with_its_own_number(clock, receptionist):
    one = visit()
    assert (one.status, str(one.date), one.opened_by) == ("open", "2026-03-03", receptionist)
    assert visit().number > one.number
    assert one.moves.get().to_status == "open"


@pytest.mark.django_db
def test_a_second_open_visit_in_the_department_on_the_day_is_refused(clock):
    first = visit()
    with pytest.raises(VisitAlreadyOpen):
        visit(patient=first.patient)
    assert Visit.objects.count() == 1
    clock.advance(days=1)
    assert visit(patient=first.patient).pk


@pytest.mark.django_db
def test_after_closing_a_new_visit_may_open(receptionist):
    first = visit()
    closed = close_visit(visit=first, by=receptionist)
    assert closed.closed_at
    assert first.status == "closed"
    assert [move.to_status for move in first.moves.all()] == ["open", "closed"]
    second = visit(patient=first.patient)
    assert list(open_visits(first.patient)) == [second]


@pytest.mark.django_db
def test_a_cancelled_visit_keeps_its_reason_and_never_reopens(receptionist):
    one = visit()
    cancel_visit(visit=one, reason="Registered by mistake", by=receptionist)
    assert one.moves.last().reason == "Registered by mistake"
    with pytest.raises(MoveNotAllowed):
        close_visit(visit=one, by=receptionist)
    assert Visit.objects.get(pk=one.pk).status == "cancelled"


@pytest.mark.django_db
def test_nobody_opens_a_visit_of_the_dead(clock, receptionist):
    from core.clock import today

    gone = patient(deceased_on=today())
    with pytest.raises(PatientIsDeceased):
        visit(patient=gone)


@pytest.mark.django_db
def test_moves_are_only_ever_added(receptionist):
    from django.db import DatabaseError, connection, transaction

    one = visit()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_visitmove SET reason = 'changed' WHERE visit_id = %s", [one.pk])


def test_two_desks_open_one_visit(race, staff):
    person = patient()
    outcome = race(lambda: visit(patient=person), times=6)
    assert len(outcome.results) == 1
    assert all(isinstance(error, VisitAlreadyOpen) for error in outcome.errors)
    assert Visit.objects.filter(patient=person).count() == 1


def test_parallel_registrations_get_numbers_without_gaps_or_repeats(race, staff):
    outcome = race(lambda: patient().mrn, times=8)
    assert not outcome.errors
    numbers = sorted(int(mrn[1:]) for mrn in outcome.results)
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_the_same_card_number_is_registered_once_by_two_desks(race, staff):
    outcome = race(lambda: patient(identifiers={"national_id": "999888777"}), times=4)
    assert len(outcome.results) == 1
