"""Stock: one ledger, never below zero, nothing expired, proved by the database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import clock
from pharmacy.errors import AdjustmentOwn, DeliveryExpired, ReasonMissing, ReceiptBatchTwice, StockShort
from pharmacy.models import BatchBalance, StockMovement
from pharmacy.queries.stock import available_units, low_stock, stock_list
from pharmacy.services.adjustments import adjust_stock, approve_adjustment, refuse_adjustment
from pharmacy.services.receipts import Delivered, receive_goods
from tests.factories import pharmacy as make

pytestmark = pytest.mark.usefixtures("samaki")


def prove():
    """Run what the database otherwise proves at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def on_hand(batch, location=None):
    return BatchBalance.objects.get(batch=batch, location=location or make.store()).on_hand


def test_a_delivery_is_one_ledger_line_and_one_balance_for_each_batch(pharmacist):
    batch = make.in_stock(make.medicine(), 100)
    line = StockMovement.objects.get(batch=batch)
    assert (line.kind, line.quantity, line.balance_after, line.by) == ("receipt", 100, 100, pharmacist)
    again = make.in_stock(batch.medicine, 50, lot=batch.lot_number)
    assert again == batch
    assert on_hand(batch) == 150
    prove()


def test_an_expired_or_doubled_batch_is_refused_at_the_door(pharmacist):
    medicine, today = make.medicine(), clock.today()
    good = Delivered(medicine, "A1", today + timedelta(days=9), 5)
    old = Delivered(medicine, "A2", today - timedelta(days=1), 5)
    for delivered, error in (([good, old], DeliveryExpired), ([good, good], ReceiptBatchTwice)):
        with pytest.raises(error):
            receive_goods(location=make.store(), supplier="x", delivered=delivered, by=pharmacist)
    assert not StockMovement.objects.exists()


def test_a_small_adjustment_is_applied_and_a_large_one_waits_for_another_person(pharmacist, pharmacist2):
    batch, store = make.in_stock(make.medicine(), 100), make.store()
    small = adjust_stock(location=store, batch=batch, quantity=-3, reason="damaged", note="broken", by=pharmacist)
    assert (small.status, on_hand(batch)) == ("applied", 97)
    large = adjust_stock(location=store, batch=batch, quantity=-50, reason="lost", note="gone", by=pharmacist)
    assert (large.status, on_hand(batch)) == ("requested", 97)
    with pytest.raises(AdjustmentOwn):
        approve_adjustment(adjustment=large, by=pharmacist)
    approve_adjustment(adjustment=large, by=pharmacist2)
    assert on_hand(batch) == 47
    prove()


def test_an_adjustment_may_be_refused_with_a_reason(pharmacist, pharmacist2):
    batch = make.in_stock(make.medicine(), 100)
    asked = adjust_stock(location=make.store(), batch=batch, quantity=-50, reason="lost", note="gone", by=pharmacist)
    with pytest.raises(ReasonMissing):
        refuse_adjustment(adjustment=asked, reason=" ", by=pharmacist2)
    assert refuse_adjustment(adjustment=asked, reason="count again", by=pharmacist2).status == "refused"
    assert on_hand(batch) == 100


def test_more_than_there_is_cannot_be_taken_away(pharmacist):
    batch = make.in_stock(make.medicine(), 5)
    with pytest.raises(StockShort) as refused:
        adjust_stock(location=make.store(), batch=batch, quantity=-6, reason="count", note="x", by=pharmacist)
    assert "6 wanted, 5 available" in str(refused.value)
    assert on_hand(batch) == 5


def test_expired_stock_is_not_counted_as_available():
    medicine = make.medicine()
    make.expired_stock(medicine, 10)
    make.in_stock(medicine, 4)
    assert available_units(make.store().branch, [medicine.pk]) == {medicine.pk: 4}


def test_the_lists_show_what_expires_and_what_runs_low(pharmacist):
    medicine = make.medicine(reorder_level=10)
    soon, later = make.in_stock(medicine, 4, days=30), make.in_stock(medicine, 4, days=900)
    old = make.expired_stock(medicine, 2)
    store = make.store()

    def shown(show):
        return [row.batch for row in stock_list(pharmacist, location=store, show=show)]

    assert shown("expired") == [old]
    assert shown("expiring") == [soon]
    assert shown("") == [old, soon, later]
    assert medicine in low_stock(store.branch)
    make.in_stock(medicine, 50)
    assert medicine not in low_stock(store.branch)


# --- What the database keeps by itself --------------------------------------------------------------------------------
def sql(statement, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_sql_cannot_make_stock_negative_nor_reserve_more_than_there_is():
    batch = make.in_stock(make.medicine(), 5)
    for change in ("on_hand = -1", "reserved = 6", "reserved = -1"):
        with pytest.raises(IntegrityError):
            sql(f"UPDATE pharmacy_batchbalance SET {change} WHERE batch_id = %s", batch.pk)


def tamper(statement, *params):
    """Run a statement and prove the stock as the commit would, in a savepoint."""
    with transaction.atomic():
        sql(statement, *params)
        prove()


def test_sql_cannot_change_a_balance_without_a_ledger_line():
    batch = make.in_stock(make.medicine(), 5)
    prove()
    for statement, refusal in (
        ("UPDATE pharmacy_batchbalance SET on_hand = 50 WHERE batch_id = %s", "differs from its ledger"),
        ("DELETE FROM pharmacy_batchbalance WHERE batch_id = %s", "differs from its ledger"),
        ("UPDATE pharmacy_batchbalance SET reserved = 1 WHERE batch_id = %s", "differs from the open dispenses"),
    ):
        with pytest.raises(IntegrityError, match=refusal):
            tamper(statement, batch.pk)


def test_the_ledger_is_never_altered_or_emptied():
    make.in_stock(make.medicine(), 5)
    for statement in (
        "UPDATE pharmacy_stockmovement SET quantity = 500",
        "DELETE FROM pharmacy_stockmovement",
        "TRUNCATE pharmacy_stockmovement",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)


def test_an_expired_batch_is_not_reserved_by_sql_either():
    batch = make.expired_stock(make.medicine(), 5)
    with pytest.raises(IntegrityError, match="expired"):
        sql("UPDATE pharmacy_batchbalance SET reserved = 1 WHERE batch_id = %s", batch.pk)


def test_a_batch_does_not_change_its_expiry_date():
    batch = make.expired_stock(make.medicine(), 5)
    with pytest.raises(IntegrityError, match="keeps its medicine"):
        sql("UPDATE pharmacy_batch SET expires_on = expires_on + 900 WHERE id = %s", batch.pk)


def test_the_same_event_moves_a_batch_once(pharmacist):
    batch = make.in_stock(make.medicine(), 5)
    line = StockMovement.objects.get(batch=batch)
    twin = StockMovement(
        location=line.location,
        batch=batch,
        kind="receipt",
        quantity=5,
        balance_after=10,
        source_kind=line.source_kind,
        source_id=line.source_id,
        by=pharmacist,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
