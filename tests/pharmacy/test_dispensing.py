"""From the signed prescription to the patient's hand: lots, second check, payment, charges, returns, timers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Charge
from clinical.models import Allergy
from core.preferences import set_preference
from core.states import MoveNotAllowed
from notifications.models import Notice
from pharmacy.errors import (
    BatchExpired,
    BatchExpiresInCourse,
    BatchReasonMissing,
    CheckedByPreparer,
    ItemStopped,
    NothingAllocated,
    OverrideReasonMissing,
    PaymentMissing,
    PreparedAlready,
    QuantityNotPossible,
    ReturnTooLarge,
    ReviewMissing,
    SecondCheckMissing,
    StockShort,
)
from pharmacy.models import BatchBalance, Dispense, SafetyWarning, StockMovement
from pharmacy.services.allocation import Wish
from pharmacy.services.dispensing import cancel_dispense, check_dispense, prepare_dispense, review_prescription
from pharmacy.services.handing_over import hand_over
from pharmacy.services.prescriptions import stop_item
from pharmacy.services.questions import answer_query, query_prescription
from pharmacy.services.returns import return_medicine
from pharmacy.services.timers import expire_prescriptions, release_overdue
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


@pytest.fixture(autouse=True)
def _no_payment_first(owner):
    set_preference("pharmacy.pay_first", False, by=owner)


def reviewed(*items, by, **changes):
    return review_prescription(prescription=make.prescription(*items, **changes), by=by)


def prepare(prescription, by, wishes=None):
    return prepare_dispense(prescription=prescription, location=make.store(), by=by, wishes=wishes)


def lots(dispense):
    return [(line.batch.lot_number, line.quantity) for line in dispense.lines.order_by("batch__expires_on")]


def balance(batch):
    row = BatchBalance.objects.get(batch=batch, location=make.store())
    return row.on_hand, row.reserved


def prove():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


# --- Allocation -------------------------------------------------------------------------------------------------------
def test_the_lot_that_expires_first_goes_first_and_the_next_fills_up(pharmacist):
    medicine = make.medicine()
    make.in_stock(medicine, 100, days=400, lot="LATE")
    make.in_stock(medicine, 10, days=60, lot="SOON")
    make.expired_stock(medicine, 20)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    assert lots(dispense) == [("SOON", 10), ("LATE", 5)]
    prove()


def test_a_lot_that_expires_during_the_treatment_is_left_unless_a_reason_is_written(pharmacist):
    medicine = make.medicine()
    short = make.in_stock(medicine, 100, days=2, lot="SHORT")
    make.in_stock(medicine, 100, days=400, lot="LONG")
    prescription = reviewed(make.order(medicine), by=pharmacist)
    item = prescription.items.get()
    with pytest.raises(BatchExpiresInCourse):
        prepare(prescription, pharmacist, [Wish(item, 15, short)])
    dispense = prepare(prescription, pharmacist, [Wish(item, 15, short, "patient takes it within two days")])
    assert lots(dispense) == [("SHORT", 15)]
    cancel_dispense(dispense=dispense, reason="changed", by=pharmacist)
    assert lots(prepare(prescription, pharmacist)) == [("LONG", 15)]


def test_another_lot_than_the_first_needs_a_reason_and_an_expired_one_is_never_taken(pharmacist):
    medicine = make.medicine()
    make.in_stock(medicine, 50, days=100)
    later, old = make.in_stock(medicine, 50, days=400), make.expired_stock(medicine, 50)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    item = prescription.items.get()
    with pytest.raises(BatchReasonMissing):
        prepare(prescription, pharmacist, [Wish(item, 15, later)])
    with pytest.raises(BatchExpired):
        prepare(prescription, pharmacist, [Wish(item, 15, old, "please")])
    line = prepare(prescription, pharmacist, [Wish(item, 15, later, "box is open")]).lines.get()
    assert (line.batch, line.batch_reason) == (later, "box is open")


def test_a_wanted_quantity_that_is_not_there_is_refused_with_the_real_figure(pharmacist):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 4)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    with pytest.raises(StockShort) as refused:
        prepare(prescription, pharmacist, [Wish(prescription.items.get(), 15)])
    assert "15 wanted, 4 available" in str(refused.value)
    assert balance(batch) == (4, 0)
    assert not Dispense.objects.exists()
    with pytest.raises(QuantityNotPossible):
        prepare(prescription, pharmacist, [Wish(prescription.items.get(), 16)])


def test_nothing_in_stock_is_said_and_one_bag_at_a_time(pharmacist):
    medicine = make.medicine()
    prescription = reviewed(make.order(medicine), by=pharmacist)
    with pytest.raises(NothingAllocated):
        prepare(prescription, pharmacist)
    make.in_stock(medicine, 100)
    prepare(prescription, pharmacist)
    with pytest.raises(PreparedAlready):
        prepare(prescription, pharmacist)


def test_only_a_reviewed_prescription_is_prepared(pharmacist):
    medicine = make.medicine()
    make.in_stock(medicine, 100)
    with pytest.raises(MoveNotAllowed):
        prepare(make.prescription(make.order(medicine)), pharmacist)


# --- Handing over -----------------------------------------------------------------------------------------------------
def test_handing_over_moves_the_stock_charges_the_patient_and_completes_the_prescription(pharmacist):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    dispense = prepare(prescription, pharmacist)
    assert balance(batch) == (100, 15)
    line = dispense.lines.get()
    charge = Charge.objects.get(source_id=line.pk)
    assert (charge.source_kind, charge.service_code, charge.quantity) == (
        "pharmacy.dispense_line",
        medicine.price_code,
        15,
    )
    hand_over(dispense=dispense, by=pharmacist)
    prescription.refresh_from_db()
    item = prescription.items.get()
    assert (prescription.status, item.status, item.dispensed) == ("dispensed", "dispensed", 15)
    assert balance(batch) == (85, 0)
    moved = StockMovement.objects.get(kind="dispense")
    assert (moved.quantity, moved.balance_after, moved.source_id) == (-15, 85, line.pk)
    prove()
    with pytest.raises(MoveNotAllowed):
        hand_over(dispense=dispense, by=pharmacist)
    assert StockMovement.objects.filter(kind="dispense").count() == 1


def test_a_part_is_handed_over_now_and_the_rest_later(pharmacist):
    medicine, other = make.medicine(), make.medicine("other")
    make.in_stock(medicine, 10)
    make.in_stock(other, 100)
    prescription = reviewed(make.order(medicine), make.order(other), by=pharmacist)
    hand_over(dispense=prepare(prescription, pharmacist), by=pharmacist)
    prescription.refresh_from_db()
    assert prescription.status == "partly_dispensed"
    assert [(item.status, item.outstanding) for item in prescription.items.all()] == [
        ("partly_dispensed", 5),
        ("dispensed", 0),
    ]
    make.in_stock(medicine, 10)
    hand_over(dispense=prepare(prescription, pharmacist), by=pharmacist)
    prescription.refresh_from_db()
    assert prescription.status == "dispensed"
    prove()


def test_a_high_alert_medicine_needs_a_second_person_in_service_and_database(pharmacist, pharmacist2):
    medicine = make.medicine(high_alert=True)
    make.in_stock(medicine, 100)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    with pytest.raises(SecondCheckMissing):
        hand_over(dispense=dispense, by=pharmacist)
    with pytest.raises(CheckedByPreparer):
        check_dispense(dispense=dispense, by=pharmacist)
    for change in ({"status": "handed_over"}, {"checked_by": pharmacist}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispense.objects.filter(pk=dispense.pk).update(**change)
    check_dispense(dispense=dispense, by=pharmacist2)
    assert hand_over(dispense=dispense, by=pharmacist).checked_by == pharmacist2


def test_outpatients_pay_first_unless_a_reason_is_written(pharmacist, cashier):
    set_preference("pharmacy.pay_first", True, by=cashier)
    medicine = make.medicine()
    make.in_stock(medicine, 100)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    assert dispense.needs_payment
    with pytest.raises(PaymentMissing):
        hand_over(dispense=dispense, by=pharmacist)
    given = hand_over(dispense=dispense, by=pharmacist, unpaid_reason="pays tomorrow")
    assert (given.unpaid_override, given.unpaid_reason) == (True, "pays tomorrow")


def test_an_allergy_recorded_since_the_signature_stops_the_hand_over(pharmacist, doctor):
    medicine = make.medicine("amoxicillin", atc="J01CA04")
    make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    dispense = prepare(prescription, pharmacist)
    Allergy.objects.create(patient=prescription.patient, substance="penicillin", recorded_by=doctor)
    with pytest.raises(OverrideReasonMissing):
        hand_over(dispense=dispense, by=pharmacist)
    item = prescription.items.get()
    hand_over(dispense=dispense, by=pharmacist, reasons={item.pk: "doctor confirmed by phone"})
    warning = SafetyWarning.objects.get(stage="dispensing")
    assert (warning.reason, warning.by) == ("doctor confirmed by phone", pharmacist)


def test_a_warning_the_doctor_answered_does_not_stop_the_pharmacist_again(pharmacist, doctor):
    encounter = make.encounter()
    Allergy.objects.create(patient=encounter.patient, substance="penicillin", recorded_by=doctor)
    medicine = make.medicine("amoxicillin", atc="J01CA04")
    make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine, reason="desensitised"), at=encounter, by=pharmacist)
    assert hand_over(dispense=prepare(prescription, pharmacist), by=pharmacist).is_handed_over


def test_a_medicine_stopped_after_preparing_is_not_handed_over(pharmacist, doctor):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine), make.order(make.medicine("other")), by=pharmacist)
    dispense = prepare(prescription, pharmacist)
    stop_item(item=prescription.items.get(medicine=medicine), reason="rash", by=doctor)
    with pytest.raises(ItemStopped):
        hand_over(dispense=dispense, by=pharmacist)
    cancel_dispense(dispense=dispense, reason="stopped", by=pharmacist)
    assert balance(batch) == (100, 0)
    prove()


def test_a_batch_that_expires_while_reserved_is_not_handed_over(pharmacist):
    from core.clock import freeze, now

    medicine = make.medicine()
    make.in_stock(medicine, 100, days=5)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    with freeze(now() + timedelta(days=6)), pytest.raises(BatchExpired):
        hand_over(dispense=dispense, by=pharmacist)


# --- Question, cancel, timers, return ---------------------------------------------------------------------------------
def test_a_question_goes_to_the_doctor_and_waits_for_the_answer_and_a_new_review(pharmacist, doctor):
    medicine = make.medicine()
    make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    dispense = prepare(prescription, pharmacist)
    query = query_prescription(prescription=prescription, question="Really three times?", by=pharmacist)
    assert Notice.objects.filter(user=doctor).exists()
    with pytest.raises(ReviewMissing):
        hand_over(dispense=dispense, by=pharmacist)
    answer_query(prescription=prescription, answer="Yes", by=doctor)
    query.refresh_from_db()
    prescription.refresh_from_db()
    assert (query.answer, query.answered_by, prescription.status) == ("Yes", doctor, "signed")
    assert Notice.objects.filter(user=pharmacist).exists()
    review_prescription(prescription=prescription, by=pharmacist)
    assert hand_over(dispense=dispense, by=pharmacist).is_handed_over


def test_cancelling_puts_stock_and_charge_back(pharmacist):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 100)
    prescription = reviewed(make.order(medicine), by=pharmacist)
    dispense = prepare(prescription, pharmacist)
    cancel_dispense(dispense=dispense, reason="patient left", by=pharmacist)
    assert balance(batch) == (100, 0)
    assert Charge.objects.get().status == "cancelled"
    prove()


def test_a_bag_nobody_fetches_is_released_after_its_time(pharmacist):
    from core.clock import freeze, now

    medicine = make.medicine()
    batch = make.in_stock(medicine, 100)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    assert release_overdue() == 0
    with freeze(now() + timedelta(minutes=241)):
        assert release_overdue() == 1
        assert release_overdue() == 0
    dispense.refresh_from_db()
    assert dispense.status == "released"
    assert balance(batch) == (100, 0)
    assert Charge.objects.get().status == "cancelled"
    prove()


def test_an_old_prescription_expires(pharmacist):
    from core.clock import freeze, now

    prescription = reviewed(by=pharmacist)
    with freeze(now() + timedelta(days=31)):
        assert expire_prescriptions() == 1
    prescription.refresh_from_db()
    assert (prescription.status, prescription.items.get().status) == ("expired", "expired")


def test_a_return_goes_back_to_its_lot_and_the_charge_is_for_what_was_kept(pharmacist):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 100)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    line = dispense.lines.get()
    with pytest.raises(MoveNotAllowed):
        return_medicine(line=line, quantity=1, to_quarantine=True, reason="x", by=pharmacist)
    hand_over(dispense=dispense, by=pharmacist)
    return_medicine(line=line, quantity=5, to_quarantine=False, reason="sealed strip", by=pharmacist)
    assert balance(batch) == (90, 0)
    assert Charge.objects.exclude(status="cancelled").get().quantity == 10
    with pytest.raises(ReturnTooLarge):
        return_medicine(line=line, quantity=11, to_quarantine=True, reason="x", by=pharmacist)
    return_medicine(line=line, quantity=10, to_quarantine=True, reason="opened", by=pharmacist)
    assert BatchBalance.objects.get(batch=batch, location=make.quarantine()).on_hand == 10
    assert not Charge.objects.exclude(status="cancelled").exists()
    dispense.refresh_from_db()
    assert dispense.status == "returned"
    prove()


def test_quarantined_stock_is_not_reserved_by_sql_either(pharmacist):
    medicine = make.medicine()
    batch = make.in_stock(medicine, 15)
    dispense = prepare(reviewed(make.order(medicine), by=pharmacist), pharmacist)
    hand_over(dispense=dispense, by=pharmacist)
    return_medicine(line=dispense.lines.get(), quantity=5, to_quarantine=True, reason="opened", by=pharmacist)
    with pytest.raises(IntegrityError, match="quarantine"), transaction.atomic():
        BatchBalance.objects.filter(batch=batch, location=make.quarantine()).update(reserved=1)
