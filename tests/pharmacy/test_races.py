"""Fifty counters want the last tablets: exactly the stock is given, and the others are told so."""

from datetime import date

import pytest

from core.preferences import set_preference
from pharmacy.errors import StockShort
from pharmacy.models import BatchBalance, StockMovement
from pharmacy.services.allocation import Wish
from pharmacy.services.dispensing import prepare_dispense, review_prescription
from pharmacy.services.handing_over import hand_over
from tests.factories import pharmacy as make
from tests.factories.patients import patient

COUNTERS, TABLETS = 50, 20


def test_fifty_parallel_dispenses_of_the_last_tablets_give_exactly_the_stock(
    committed_db, samaki, race, pharmacist, doctor
):
    set_preference("pharmacy.pay_first", False, by=pharmacist)
    medicine = make.medicine()
    first, second = make.in_stock(medicine, 12, days=100), make.in_stock(medicine, 8, days=200)
    location = make.store()
    order = make.order(medicine, duration_days=1, frequency="OD", quantity=1)
    people = [patient(birth_date=date(1940 + number, 1, 1)) for number in range(COUNTERS)]
    encounters = [make.encounter(make.open_a_visit(patient=person)) for person in people]
    signed = [make.prescription(order, at=encounter) for encounter in encounters]
    ready = [review_prescription(prescription=one, by=pharmacist) for one in signed]

    def counter(prescription):
        def dispense():
            wish = Wish(prescription.items.get(), 1)
            bag = prepare_dispense(prescription=prescription, location=location, by=pharmacist, wishes=[wish])
            return hand_over(dispense=bag, by=pharmacist)

        return dispense

    outcome = race(*(counter(prescription) for prescription in ready))

    assert len(outcome.results) == TABLETS
    assert len(outcome.errors) == COUNTERS - TABLETS
    assert {type(error) for error in outcome.errors} == {StockShort}
    assert "1 wanted, 0 available" in str(outcome.errors[0])
    held = BatchBalance.objects.filter(batch__in=[first, second]).values_list("on_hand", "reserved")
    assert list(held) == [(0, 0), (0, 0)]
    assert sum(StockMovement.objects.filter(kind="dispense").values_list("quantity", flat=True)) == -TABLETS


def test_two_people_hand_over_one_bag_and_it_leaves_once(committed_db, samaki, race, pharmacist, pharmacist2):
    set_preference("pharmacy.pay_first", False, by=pharmacist)
    medicine = make.medicine()
    make.in_stock(medicine, 100)
    prescription = review_prescription(prescription=make.prescription(make.order(medicine)), by=pharmacist)
    bag = prepare_dispense(prescription=prescription, location=make.store(), by=pharmacist)
    outcome = race(lambda: hand_over(dispense=bag, by=pharmacist2), times=6)
    assert (len(outcome.results), len(outcome.errors)) == (1, 5)
    assert StockMovement.objects.filter(kind="dispense").count() == 1


@pytest.mark.parametrize("times", [8])
def test_deliveries_of_a_new_batch_at_the_same_moment_add_up(committed_db, samaki, race, pharmacist, times):
    medicine = make.medicine()
    make.store()
    outcome = race(lambda: make.in_stock(medicine, 10, lot="SAME"), times=times)
    assert not outcome.errors
    assert BatchBalance.objects.get(batch__lot_number="SAME").on_hand == 10 * times
