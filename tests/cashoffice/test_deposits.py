"""Takings to the bank: accepted shifts only, each once, three people, through the account of cash on its way."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Entry
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import trial_balance
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift
from cashoffice.errors import DepositStepTaken, MoreThanBrought, ShiftsNotBankable, SlipMissing, SlipTaken
from cashoffice.models import Deposit
from cashoffice.queries.deposits import shifts_to_bank
from cashoffice.services.deposits import cancel_deposit, confirm_banked, hand_over, prepare_deposit
from core.states import MoveNotAllowed
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import usd


@pytest.fixture
def taken(samaki, cashier, accountant):
    """An accepted shift that took 30 dollars, 10 of them dropped to the safe during it."""
    make.rate(4100)
    return accepted(cashier, accountant)


def accepted(cashier, accountant, code="D1"):
    shift = make.shift(cashier, code=code, counts={"USD": {20: 5}})
    take_payment(invoice=make.invoice(("30.00", "USD"), by=cashier), tenders=[usd(30)], by=cashier)
    cash.voucher(10, by=cashier, code="TO-SAFE")
    count_shift(shift=shift, counts={"USD": {20: 6}}, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    return accept_shift(shift=shift, by=accountant)


def prepare(shift, dollars, by):
    return prepare_deposit(branch=shift.branch, shifts=[shift], usd=D(dollars), khr=D(0), by=by)


def standing(account):
    return sum(row.sum for row in trial_balance() if row.account.key == account and row.currency == "USD")


def test_takings_go_from_the_safe_to_the_bank_in_three_steps(taken, accountant, admin, owner):
    (brought,) = shifts_to_bank(taken.branch)
    assert (brought.shift, brought.usd, brought.khr) == (taken, 30, 0)
    deposit = prepare(taken, 30, accountant)
    assert (deposit.status, deposit.number[-6:], standing("safe")) == ("prepared", "000001", 30)
    assert shifts_to_bank(taken.branch) == []
    with pytest.raises(DepositStepTaken):
        hand_over(deposit=deposit, by=accountant)
    deposit = hand_over(deposit=deposit, by=admin)
    assert (standing("safe"), standing("bank_transit"), standing("bank")) == (0, 30, 0)
    with pytest.raises(DepositStepTaken):
        confirm_banked(deposit=deposit, slip="S-1", by=admin)
    with pytest.raises(SlipMissing):
        confirm_banked(deposit=deposit, slip=" ", by=accountant)
    deposit = confirm_banked(deposit=deposit, slip="S-1", by=accountant)
    assert (deposit.status, standing("bank_transit"), standing("bank")) == ("banked", 0, 30)
    assert not ledger_disagreements()


def test_only_accepted_takings_and_never_more_than_they_brought(taken, cashier2, accountant):
    with pytest.raises(MoreThanBrought):
        prepare(taken, 31, accountant)
    running = make.shift(cashier2, code="D2")
    with pytest.raises(ShiftsNotBankable):
        prepare(running, 10, accountant)
    prepare(taken, 10, accountant)
    with pytest.raises(ShiftsNotBankable):
        prepare(taken, 10, accountant)


def test_a_cancelled_deposit_lets_its_shifts_go(taken, accountant, admin):
    deposit = cancel_deposit(deposit=prepare(taken, 30, accountant), by=accountant)
    assert deposit.status == "cancelled"
    with pytest.raises(MoveNotAllowed):
        hand_over(deposit=deposit, by=admin)
    assert hand_over(deposit=prepare(taken, 30, accountant), by=admin).number[-6:] == "000002"


def test_one_slip_confirms_one_deposit(taken, cashier, accountant, admin):
    other = accepted(cashier, accountant)
    for place, shift in enumerate((taken, other)):
        deposit = hand_over(deposit=prepare(shift, 30, accountant), by=admin)
        if place == 0:
            confirm_banked(deposit=deposit, slip="S-1", by=accountant)
    with pytest.raises(SlipTaken):
        confirm_banked(deposit=deposit, slip="S-1", by=accountant)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cashoffice_deposit SET usd = 5",
        "UPDATE cashoffice_deposit SET status = 'banked', slip = 'X', banked_by_id = prepared_by_id",
        "UPDATE cashoffice_deposit SET status = 'prepared', handed_by_id = NULL",
        "DELETE FROM cashoffice_depositshift",
        "UPDATE cashoffice_depositshift SET is_live = false",
    ],
)
def test_raw_sql_changes_nothing_of_it(taken, accountant, admin, statement):
    hand_over(deposit=prepare(taken, 30, accountant), by=admin)
    connection.check_constraints()
    with pytest.raises(IntegrityError):
        run_to_the_end(statement)


def test_raw_sql_cannot_hand_over_what_was_not_brought(taken, accountant, admin):
    deposit = Deposit.objects.create(number="X", branch=taken.branch, usd=D(99), prepared_by=accountant)
    with pytest.raises(IntegrityError, match="more than its accepted shifts"):
        run_to_the_end(f"UPDATE cashoffice_deposit SET status = 'handed_over', handed_by_id = '{admin.pk}'")
    assert deposit.can_hand_over


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


def test_two_who_bundle_the_same_shift_make_one_deposit(committed_db, samaki, cashier, accountant, admin, race):
    make.rate(4100)
    shift = accepted(cashier, accountant)
    outcome = race(lambda: prepare(shift, 30, accountant), lambda: prepare(shift, 30, admin), times=2)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {ShiftsNotBankable}


def test_handed_over_many_times_at_once_it_leaves_the_safe_once(
    committed_db, samaki, cashier, accountant, admin, owner, race
):
    make.rate(4100)
    deposit = prepare(accepted(cashier, accountant), 30, accountant)
    outcome = race(lambda: hand_over(deposit=deposit, by=admin), lambda: hand_over(deposit=deposit, by=owner), times=2)
    assert len(outcome.results) == 1
    assert Entry.objects.filter(kind="deposit_sent").count() == 1
