"""Charging by time, and coming again for nothing."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.durations import UNITS, units_begun
from billing.errors import DurationInvalid
from billing.explaining import charge_in_words
from billing.models import Service
from billing.services.catalogue import set_price
from billing.services.charges import capture_duration
from billing.services.credits import approve_credit, request_credit
from billing.services.invoices import draft_invoice, issue_invoice
from billing.services.payments import take_payment
from core.clock import freeze, now, today
from core.ids import new_id
from core.preferences import set_preference
from tests.factories import billing as make
from tests.factories.billing import usd

SPANS = st.timedeltas(timedelta(0), timedelta(days=60))
UNIT = st.sampled_from(["day", "hour"])


# --- How much was begun ---


@settings(max_examples=300, deadline=None)
@given(SPANS, SPANS, UNIT, st.integers(0, 59))
def test_longer_never_counts_less_and_more_grace_never_counts_more(short, more, unit, minutes):
    grace = timedelta(minutes=minutes)
    count = units_begun(short, unit=unit, grace=grace)
    assert 1 <= count <= units_begun(short + more, unit=unit, grace=grace)
    assert count <= units_begun(short, unit=unit, grace=timedelta(0))


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 500), UNIT, st.integers(0, 59))
def test_grace_ends_to_the_second(whole, unit, minutes):
    grace = timedelta(minutes=minutes)
    exactly = UNITS[unit] * whole
    assert units_begun(exactly, unit=unit, grace=grace) == whole
    assert units_begun(exactly + grace, unit=unit, grace=grace) == whole
    assert units_begun(exactly + grace + timedelta(seconds=1), unit=unit, grace=grace) == whole + 1


@settings(max_examples=200, deadline=None)
@given(SPANS, UNIT, st.integers(0, 59))
def test_what_is_counted_covers_what_lasted_less_the_grace(lasted, unit, minutes):
    grace = timedelta(minutes=minutes)
    count = units_begun(lasted, unit=unit, grace=grace)
    assert UNITS[unit] * count >= lasted - grace
    assert UNITS[unit] * (count - 1) < max(lasted, timedelta(seconds=1))


def test_nothing_ends_before_it_begins():
    with pytest.raises(ValueError, match="before"):
        units_begun(timedelta(seconds=-1), unit="day", grace=timedelta(0))


# --- Charges by time ---


@pytest.fixture
def bed(samaki):
    code, since = "BED", today() - timedelta(days=90)
    set_price(code=code, name="Bed", category="ward", amount=D(20), currency="USD", valid_from=since)
    Service.objects.filter(code=code).update(unit="day", grace_minutes=30)
    return code


def lay(code, lasted, visit=None, source=None):
    return capture_duration(
        visit=visit or make.new_visit(),
        source_kind="test.stay",
        source_id=source or new_id(),
        service_code=code,
        began=now() - lasted,
        ended=now(),
        by=make.user("nurse"),
    )


def test_a_bed_is_charged_by_days_begun_and_says_how(bed):
    charge = lay(bed, timedelta(days=1, minutes=29))
    assert (charge.quantity, charge.amount) == (D(1), D(20))
    charge = lay(bed, timedelta(days=1, minutes=31))
    assert (charge.quantity, charge.amount) == (D(2), D(40))
    words = dict(charge_in_words(charge))
    assert "24:31" in words["Time"]
    assert words["Quantity"] == "2 × USD 20.00 = USD 40.00"


def test_the_same_stay_is_charged_once(bed):
    visit, source = make.new_visit(), new_id()
    first = lay(bed, timedelta(hours=3), visit, source)
    assert lay(bed, timedelta(hours=50), visit, source) == first


def test_what_is_charged_each_cannot_be_charged_by_time(samaki):
    with pytest.raises(DurationInvalid):
        lay(make.price("5.00"), timedelta(hours=1))


def test_the_price_is_that_of_the_beginning(bed):
    with freeze(now() + timedelta(days=3)):
        make.price("30.00", code=bed, category="ward")
        assert lay(bed, timedelta(hours=80)).unit_price == D(20)


@pytest.mark.parametrize("columns", [{"grace_minutes": 1}, {"unit": "hour", "grace_minutes": 60}, {"unit": "week"}])
def test_the_database_refuses_senseless_units(samaki, columns):
    code = make.price("5.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(code=code).update(**columns)


# --- Coming again ---


@pytest.fixture
def weekly(samaki, owner, cashier):
    make.shift(cashier)
    set_preference("billing.follow_up_days", 7, by=owner)
    return make.price("10.00", category="consultation")


def consult(code, patient=None, **fields):
    visit = make.new_visit(**fields, **({"patient": patient} if patient else {}))
    return make.charge(service_code=code, visit=visit)


def pay(charge, cashier):
    invoice = issue_invoice(invoice=draft_invoice(visit=charge.visit, by=cashier), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    invoice.refresh_from_db()
    return invoice


def days_later(days):
    return freeze(now() + timedelta(days=days))


def test_a_consultation_after_a_paid_one_is_free_for_some_days(weekly, cashier):
    first = consult(weekly)
    pay(first, cashier)
    with days_later(7):
        again = consult(weekly, first.patient)
    assert (again.amount, again.explanation["steps"][0]["op"]) == (0, "follow_up")
    assert first.visit.number in dict(charge_in_words(again))["Free"]
    with days_later(8):
        assert consult(weekly, first.patient).amount == D(10)


def test_an_unpaid_or_credited_consultation_makes_none_free(weekly, cashier, accountant):
    first = consult(weekly)
    with days_later(1):
        assert consult(weekly, first.patient).amount == D(10)
    invoice = pay(first, cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(10)}, reason="not held", by=cashier)
    approve_credit(note=note, by=accountant)
    with days_later(2):
        assert consult(weekly, first.patient).amount == D(10)


def test_another_doctor_is_not_free_unless_the_department_counts(weekly, cashier, owner, doctor, doctor2):
    first = consult(weekly, practitioner=doctor)
    pay(first, cashier)
    with days_later(1):
        assert consult(weekly, first.patient, practitioner=doctor2).amount == D(10)
    set_preference("billing.follow_up_same", "department", by=owner)
    with days_later(2):
        assert consult(weekly, first.patient, practitioner=doctor2).amount == 0


def test_nothing_is_free_where_the_hospital_does_not_say_so(weekly, cashier, owner):
    set_preference("billing.follow_up_days", 0, by=owner)
    first = consult(weekly)
    pay(first, cashier)
    with days_later(1):
        assert consult(weekly, first.patient).amount == D(10)
