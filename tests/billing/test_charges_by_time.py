"""Charging by time at the desk: worked out first, charged once, never twice for the same time."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.errors_time import DurationOverlaps
from billing.models import Charge, Service
from billing.services.charges import capture_duration, waive
from billing.services.invoices import draft_invoice, issue_invoice
from core.ids import new_id
from tests.factories import billing as make


@pytest.fixture
def visit(clock, samaki):
    """A visit of the day before yesterday, and a bed by the day with half an hour of grace."""
    make.rate(4000)
    make.price("20.00", code="BED", category="ward")
    make.price("3.00", code="OXY", category="ward")
    Service.objects.filter(code="BED").update(unit="day", grace_minutes=30)
    Service.objects.filter(code="OXY").update(unit="hour")
    visit = make.new_visit(kind="inpatient")
    clock.advance(days=2)
    return visit


def at(visit, hours):
    """So many hours after eleven o'clock on the day of the visit."""
    return timezone.localtime(visit.opened_at) + timedelta(hours=hours)


def typed(visit, since, until, code="BED"):
    began, ended = (f"{at(visit, hours):%Y-%m-%dT%H:%M}" for hours in (since, until))
    return {"service": str(Service.objects.get(code=code).pk), "began": began, "ended": ended}


def lay(visit, since, until, code="BED"):
    return capture_duration(
        visit=visit, source_kind="test.stay", source_id=new_id(), service_code=code, began=at(visit, since),
        ended=at(visit, until), by=make.user("cashier"),
    )  # fmt: skip


def test_a_cashier_sees_what_it_comes_to_and_charges_it_once(visit, client_for):
    desk, address = client_for("cashier"), f"/billing/visits/{visit.pk}/time/"
    assert address in desk.get(f"/billing/visits/{visit.pk}/").content.decode()
    page = desk.get(address).content.decode()
    assert "30 minutes of grace" in page
    asked = typed(visit, 0, 24.5)
    page = desk.get(address, asked).content.decode()
    assert "20.00" in page
    assert "24:30" in page
    assert "40.00" in desk.get(address, typed(visit, 0, 24.6)).content.decode()
    assert not Charge.objects.exists()
    sent = {"_once": str(new_id()), **asked}
    for _again in range(2):
        assert desk.post(address, sent).status_code == 302
    charge = Charge.objects.get()
    assert (charge.quantity, charge.amount, charge.detail) == (1, D(20), "2026-03-03 11:00 – 2026-03-04 11:30")
    assert (charge.began, charge.ended) == (at(visit, 0), at(visit, 24.5))
    assert charge.explanation["lasted"]["grace_minutes"] == "30"


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [(-12, 1, "The visit began later"), (1, 72, "This is not over yet"), (5, 5, "It ends after it begins")],
)
def test_what_cannot_have_been_is_said_beside_the_field(visit, client_for, since, until, words):
    desk, address = client_for("cashier"), f"/billing/visits/{visit.pk}/time/"
    answer = desk.post(address, {"_once": str(new_id()), **typed(visit, since, until)})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Charge.objects.exists()


def test_the_same_time_is_not_charged_twice(visit, client_for):
    lay(visit, 0, 24)
    with pytest.raises(DurationOverlaps):
        lay(visit, 23, 30)
    lay(visit, 24, 30)  # the next begins when the first has ended
    lay(visit, 3, 4, code="OXY")  # another service
    answer = client_for("cashier").post(
        f"/billing/visits/{visit.pk}/time/", {"_once": str(new_id()), **typed(visit, 2, 3)}
    )
    assert (answer.status_code, "part of this time already" in answer.content.decode()) == (422, True)
    assert Charge.objects.count() == 3


def test_another_patient_lies_in_a_bed_at_the_same_time(visit):
    other = make.new_visit(kind="inpatient")
    lay(visit, 0, 24)
    capture_duration(
        visit=other, source_kind="test.stay", source_id=new_id(), service_code="BED", began=at(visit, 0),
        ended=at(visit, 24), by=make.user("cashier"),
    )  # fmt: skip
    assert Charge.objects.count() == 2


def test_what_was_waived_may_be_charged_as_it_was(visit, owner):
    waive(charge=lay(visit, 0, 48), reason="typed wrong", by=owner)
    assert lay(visit, 0, 24).quantity == 1


def test_what_is_invoiced_still_counts_and_its_time_is_frozen(visit, cashier):
    charge = lay(visit, 0, 24)
    issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    with pytest.raises(DurationOverlaps):
        lay(visit, 0, 24)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_charge SET ended = began WHERE id = %s", [charge.pk])


def test_six_at_a_time_charge_it_once(visit, race):
    outcome = race(lambda: lay(visit, 0, 24), times=6)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {DurationOverlaps})


def test_who_may_not_charge_by_time(visit, client_for):
    assert client_for("nurse").get(f"/billing/visits/{visit.pk}/time/").status_code == 403
    assert "/time/" not in client_for("doctor").get(f"/billing/visits/{visit.pk}/").content.decode()
