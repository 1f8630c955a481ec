"""Enrolment: visit, charge, number and encounter are one act."""

import pytest

from billing.errors import PriceMissing
from billing.models import Charge
from clinical.models import Encounter
from core.clock import freeze
from crm.models import FamilyMembership
from patients.errors import VisitAlreadyOpen
from patients.models import Visit
from queueing.models import Queue, Ticket
from queueing.queries import waiting_tickets
from tests.factories.clinical import enrol
from tests.factories.queueing import make_patient


def test_enrolment_opens_a_visit_charges_the_consultation_and_gives_a_number(receptionist, doctor):
    done = enrol(by=receptionist, practitioner=doctor)
    assert done.visit.status == "open"
    assert (done.encounter.status, done.encounter.practitioner, done.encounter.ticket) == (
        "waiting",
        doctor,
        done.ticket,
    )
    assert (done.charge.source_kind, done.charge.source_id) == ("encounter", done.encounter.pk)
    assert (done.charge.service_code, str(done.charge.amount), done.charge.currency) == ("CONS-OPD", "10.00", "USD")
    assert done.ticket.label.endswith("-001")
    assert [move.verb for move in done.encounter.moves.all()] == ["enrol"]


def test_one_open_visit_per_patient_department_and_day(receptionist):
    patient = make_patient(by=receptionist)
    enrol(by=receptionist, patient=patient)
    with pytest.raises(VisitAlreadyOpen):
        enrol(by=receptionist, patient=patient)
    assert (Visit.objects.count(), Ticket.objects.count(), Charge.objects.count()) == (1, 1, 1)


def test_an_enrolment_that_cannot_be_charged_leaves_nothing_behind(receptionist):
    patient = make_patient(by=receptionist)
    with freeze("2001-01-01T09:00:00"), pytest.raises(PriceMissing):  # before the first price began
        enrol(by=receptionist, patient=patient)
    assert (Visit.objects.count(), Ticket.objects.count(), Encounter.objects.count()) == (0, 0, 0)
    assert Queue.objects.count() == 0


def test_an_emergency_goes_before_everybody(receptionist, doctor):
    enrol(by=receptionist, practitioner=doctor)
    done = enrol(by=receptionist, practitioner=doctor, kind="emergency")
    assert (done.ticket.priority, done.encounter.priority) == ("emergency", "emergency")


def test_a_membership_moves_nobody_up_the_queue(receptionist, doctor):
    patient = make_patient(by=receptionist)
    FamilyMembership.objects.update_or_create(family=patient.family, defaults={"earned": 20_000})
    first = enrol(by=receptionist, practitioner=doctor)
    platinum = enrol(by=receptionist, practitioner=doctor, patient=patient)
    assert platinum.ticket.priority == "normal"
    assert [ticket.pk for ticket in waiting_tickets(first.ticket.queue)] == [first.ticket.pk, platinum.ticket.pk]


def test_laboratory_only_needs_no_consultation_and_can_be_ordered_for_at_once(receptionist):
    done = enrol(by=receptionist, kind="laboratory", code="LAB")
    assert done.charge is None
    assert done.encounter.is_writable


def test_twenty_desks_enrol_without_gaps_or_repeats(receptionist, doctor, race):
    patients = [make_patient(by=receptionist) for _ in range(20)]
    outcome = race(*(lambda one=one: enrol(by=receptionist, patient=one, practitioner=doctor) for one in patients))
    assert outcome.errors == []
    assert sorted(done.ticket.number for done in outcome.results) == list(range(1, 21))
    assert Charge.objects.count() == Visit.objects.count() == Encounter.objects.count() == 20
    assert len({visit.number for visit in Visit.objects.all()}) == 20


def test_one_patient_enrolled_at_four_desks_gets_one_visit(receptionist, doctor, race):
    patient = make_patient(by=receptionist)
    outcome = race(lambda: enrol(by=receptionist, patient=patient, practitioner=doctor), times=4)
    assert len(outcome.results) == 1
    assert all(isinstance(error, VisitAlreadyOpen) for error in outcome.errors)
    assert (Visit.objects.count(), Ticket.objects.count(), Charge.objects.count()) == (1, 1, 1)
