"""A cashier's day: float, blind count, explained difference, acceptance by somebody else."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing.errors import (
    AcceptsOwnShift,
    CountInvalid,
    DifferenceUnexplained,
    DrawerTaken,
    NotYourShift,
    ShiftAlreadyOpen,
    ShiftNotClosed,
    ShiftNotCounted,
    ShiftNotOpen,
)
from billing.models import CashCount, Posting, Shift
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import shift_expectation, trial_balance
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift, open_shift
from tests.factories import billing as make
from tests.factories.billing import FLOAT, usd


@pytest.fixture
def shift(samaki, cashier):
    make.rate()
    return make.shift(cashier)


def balance(account: str, currency: str) -> Decimal:
    return next(
        (row.sum for row in trial_balance() if (row.account.key, row.currency) == (account, currency)), Decimal(0)
    )


def test_a_shift_begins_with_the_counted_float(shift):
    assert {total.currency: total.opening for total in shift.totals.all()} == {
        "USD": Decimal(100),
        "KHR": Decimal(160_000),
    }
    assert shift_expectation(shift) == {"USD": Decimal(100), "KHR": Decimal(160_000)}
    assert balance("safe", "USD") == Decimal(-100)


def test_a_shift_may_begin_with_an_empty_drawer(samaki, cashier):
    shift = make.shift(cashier, counts={})
    assert shift_expectation(shift) == {"USD": Decimal(0), "KHR": Decimal(0)}


def test_a_cashier_has_one_shift_at_a_time(shift, cashier):
    with pytest.raises(ShiftAlreadyOpen):
        make.shift(cashier, code="D2")


def test_a_drawer_serves_one_shift_at_a_time(shift, cashier2):
    with pytest.raises(DrawerTaken):
        make.shift(cashier2, code="D1")


@pytest.mark.parametrize(
    "counts", [{"USD": {3: 1}}, {"USD": {20: -1}}, {"EUR": {20: 1}}, {"KHR": {50: 1}}, {"USD": {20: Decimal("1.5")}}]
)
def test_only_whole_numbers_of_known_notes_are_counted(samaki, cashier, counts):
    with pytest.raises(CountInvalid):
        make.shift(cashier, counts=counts)
    assert not Shift.objects.exists()


def test_a_count_that_agrees_closes_without_a_word(shift, cashier, accountant):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    done = accept_shift(shift=shift, by=accountant)
    assert (done.status, done.accepted_by) == ("reconciled", accountant)
    assert balance("safe", "USD") == balance("drawer", "USD") == Decimal(0)


def test_takings_go_to_the_safe_when_the_shift_closes(shift, cashier):
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    counted = {"USD": {**FLOAT["USD"], 10: 5}, "KHR": FLOAT["KHR"]}
    count_shift(shift=shift, counts=counted, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    assert (balance("safe", "USD"), balance("drawer", "USD")) == (Decimal(10), Decimal(0))
    assert not ledger_disagreements()


def test_a_difference_is_booked_with_its_reason(shift, cashier):
    short = {"USD": {20: 2, 10: 4, 1: 15}, "KHR": {**FLOAT["KHR"], 100: 103}}
    count_shift(shift=shift, counts=short, by=cashier)
    with pytest.raises(DifferenceUnexplained):
        close_shift(shift=shift, reasons={"USD": "wrong change at noon"}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "wrong change at noon", "KHR": "found on the floor"}, by=cashier)
    assert {total.currency: total.difference for total in shift.totals.all()} == {
        "USD": Decimal(-5),
        "KHR": Decimal(300),
    }
    assert (balance("over_short", "USD"), balance("over_short", "KHR")) == (Decimal(5), Decimal(-300))
    assert not ledger_disagreements()


def test_only_its_cashier_counts_and_closes_a_shift(shift, cashier, cashier2):
    with pytest.raises(NotYourShift):
        count_shift(shift=shift, counts=FLOAT, by=cashier2)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(NotYourShift):
        close_shift(shift=shift, reasons={}, by=cashier2)


def test_the_steps_of_a_shift_keep_their_order(shift, cashier, accountant):
    with pytest.raises(ShiftNotCounted):
        close_shift(shift=shift, reasons={}, by=cashier)
    with pytest.raises(ShiftNotClosed):
        accept_shift(shift=shift, by=accountant)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(ShiftNotOpen):
        count_shift(shift=shift, counts=FLOAT, by=cashier)


def test_nobody_accepts_their_own_shift(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    with pytest.raises(AcceptsOwnShift):
        accept_shift(shift=shift, by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(status="reconciled", accepted_by=cashier)


def test_after_closing_the_same_cashier_and_drawer_begin_anew(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    assert make.shift(cashier).number > shift.number


def test_nothing_is_posted_to_a_closed_shift(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    posting = Posting.objects.filter(shift=shift).first()
    posting.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.bulk_create([posting])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_shift SET status = 'open', closed_at = NULL",
        "UPDATE billing_shift SET opened_at = now()",
        "DELETE FROM billing_shift",
        "UPDATE billing_shifttotal SET counted = 1, difference = 1 - expected",
        "UPDATE billing_shifttotal SET reason = 'x'",
    ],
)
def test_raw_sql_cannot_change_a_closed_shift(shift, cashier, statement):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_counts_are_kept_note_by_note(shift, cashier):
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    rows = CashCount.objects.filter(shift=shift, stage="closing")
    assert sum(row.denomination * row.pieces for row in rows if row.currency == "USD") == 100


@pytest.mark.usefixtures("committed_db")
def test_of_many_windows_opening_a_shift_one_wins(samaki, cashier, race):
    make.rate()
    drawers = [make.drawer("D1"), make.drawer("D2")] * 10
    outcome = race(*(lambda drawer=drawer: open_shift(drawer=drawer, counts=FLOAT, by=cashier) for drawer in drawers))
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {ShiftAlreadyOpen}


@pytest.mark.usefixtures("committed_db")
def test_a_shift_is_closed_once_however_many_press(samaki, cashier, race):
    shift = make.shift(cashier)
    count_shift(shift=shift, counts=FLOAT, by=cashier)
    outcome = race(lambda: close_shift(shift=shift, reasons={}, by=cashier), times=20)
    assert len(outcome.results) == 1
    assert not ledger_disagreements()
