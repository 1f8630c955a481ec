"""Transfers between drawers: the sender's until received, answered once, and no count while one is on the way."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction

from billing.errors import CountHindered, DrawerShort, ReasonMissing
from billing.models import Entry
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import in_drawer, shift_expectation, trial_balance
from billing.services import journal
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.payments import take_payment
from billing.services.shifts import count_shift
from cashoffice.errors import NotInDrawer, NotYours, NotYourTransfer, ReceiverMissing, ShiftEnded
from cashoffice.models import Transfer
from cashoffice.queries.transfers import receivers, transfers_to_answer, visible_transfers
from cashoffice.services.transfers import decline_transfer, receive_transfer, send_transfer, withdraw_transfer
from core.ids import new_id
from core.states import MoveNotAllowed
from tests.factories import billing as make
from tests.factories import cashoffice as cash
from tests.factories.billing import FLOAT


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def other(shift, cashier2):
    return make.shift(cashier2, code="D2")


def lying(*shifts):
    return [shift_expectation(shift)["USD"] for shift in shifts]


def test_cash_stays_the_senders_until_it_is_received(shift, other, cashier, cashier2):
    transfer = cash.transfer(other, 30, 50_000, by=cashier)
    assert (transfer.status, transfer.number[-6:], lying(shift, other)) == ("sent", "000001", [100, 100])
    assert transfers_to_answer(cashier2) == 1
    transfer = receive_transfer(transfer=transfer, by=cashier2)
    assert (transfer.status, lying(shift, other)) == ("received", [70, 130])
    assert shift_expectation(other)["KHR"] == D(210_000)
    assert sum(row.sum for row in trial_balance() if row.account.key == "drawer" and row.currency == "USD") == D(200)
    assert not ledger_disagreements()


def test_what_is_on_the_way_cannot_be_spent_twice(shift, other, cashier):
    cash.transfer(other, 60, by=cashier)
    for spend in (lambda: cash.transfer(other, 41, by=cashier), lambda: cash.voucher(41, by=cashier, code="TO-SAFE")):
        with pytest.raises(NotInDrawer):
            spend()
    cash.transfer(other, 40, by=cashier)


def test_what_is_on_the_way_is_not_paid_out(shift, other, cashier, cashier2, accountant):
    note = owed_back(cashier, accountant)
    sent = cash.transfer(other, 101, by=cashier)
    with pytest.raises(DrawerShort):
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    withdraw_transfer(transfer=sent, by=cashier)
    assert pay_refund(note=note, method="cash", notes_in="USD", by=cashier).amount == 10


def owed_back(cashier, accountant):
    """An approved credit note over ten dollars that the patient paid in cash."""
    invoice = make.invoice()
    take_payment(invoice=invoice, tenders=[make.usd(10)], by=cashier)
    note = request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(10)}, reason="x", by=cashier)
    return approve_credit(note=note, by=accountant)


def test_the_database_lets_nobody_pay_out_what_is_promised(shift, other, cashier, accountant):
    note = owed_back(cashier, accountant)
    pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    Transfer.objects.bulk_create([_sent(shift, other, cashier, D(100))])
    with pytest.raises(IntegrityError, match="more is paid out"):
        post_refund_again(shift, cashier)


def _sent(shift, other, cashier, usd):
    return Transfer(sender=shift, receiver=other, usd=usd, khr=0, sent_by=cashier, number="T-raw")


@transaction.atomic
def post_refund_again(shift, cashier):
    sides = [journal.Side("drawer", "USD", D(-1), in_shift=True), journal.Side("other_income", "USD", D(1))]
    journal.post(kind="refund", source_id=new_id(), sides=sides, branch_id=shift.branch_id, by=cashier, shift=shift)
    connection.check_constraints()


def test_a_declined_or_taken_back_transfer_moved_nothing(shift, other, cashier, cashier2):
    first, second = cash.transfer(other, 10, by=cashier), cash.transfer(other, 20, by=cashier)
    with pytest.raises(ReasonMissing):
        decline_transfer(transfer=first, reason="", by=cashier2)
    assert decline_transfer(transfer=first, reason="nine notes only", by=cashier2).status == "declined"
    with pytest.raises(NotYours):
        withdraw_transfer(transfer=second, by=cashier2)
    assert withdraw_transfer(transfer=second, by=cashier).status == "withdrawn"
    with pytest.raises(MoveNotAllowed):
        receive_transfer(transfer=second, by=cashier2)
    assert lying(shift, other) == [100, 100]
    assert not Entry.objects.filter(kind="cash_transfer").exists()


def test_only_the_addressed_cashier_answers(shift, other, cashier, accountant):
    transfer = cash.transfer(other, 10, by=cashier)
    for somebody in (cashier, accountant):
        with pytest.raises(NotYourTransfer):
            receive_transfer(transfer=transfer, by=somebody)
        with pytest.raises(NotYourTransfer):
            decline_transfer(transfer=transfer, reason="x", by=somebody)


def test_a_drawer_with_cash_on_the_way_is_not_counted(shift, other, cashier, cashier2):
    transfer = cash.transfer(other, 10, by=cashier)
    with pytest.raises(CountHindered):
        count_shift(shift=shift, counts=FLOAT, by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_shift SET status = 'counted' WHERE id = %s", [shift.pk])
    count_shift(shift=other, counts=FLOAT, by=cashier2)  # the receiver may go home: the cash is not theirs yet
    with pytest.raises(ShiftEnded):
        receive_transfer(transfer=transfer, by=cashier2)
    withdraw_transfer(transfer=transfer, by=cashier)
    count_shift(shift=shift, counts=FLOAT, by=cashier)


def test_cash_goes_to_another_open_shift_of_the_branch(shift, other, cashier, cashier2):
    assert list(receivers(shift)) == [other]
    with pytest.raises(ReceiverMissing):
        cash.transfer(shift, 10, by=cashier)
    count_shift(shift=other, counts=FLOAT, by=cashier2)
    assert not receivers(shift)
    with pytest.raises(ShiftEnded):
        cash.transfer(other, 10, by=cashier)


def test_each_sees_their_own(shift, other, cashier, cashier2, accountant, admin):
    transfer = cash.transfer(other, 10, by=cashier)
    for user in (cashier, cashier2, accountant):
        assert list(visible_transfers(user)) == [transfer]
    assert transfers_to_answer(cashier) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cashoffice_transfer SET usd = 1",
        "UPDATE cashoffice_transfer SET status = 'sent', answered_by_id = NULL WHERE status = 'received'",
        "UPDATE cashoffice_transfer SET status = 'received', answered_by_id = (SELECT cashier_id FROM billing_shift"
        " WHERE id = receiver_id) WHERE status = 'sent'",
        "DELETE FROM cashoffice_transfer",
        "UPDATE cashoffice_transfer SET status = 'received', answered_by_id = sent_by_id WHERE status = 'sent'",
    ],
)
def test_raw_sql_changes_nothing_of_it(shift, other, cashier, cashier2, statement):
    receive_transfer(transfer=cash.transfer(other, 10, by=cashier), by=cashier2)
    cash.transfer(other, 20, by=cashier)
    connection.check_constraints()
    with pytest.raises(IntegrityError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


# --- Races ---


@pytest.fixture
def on_the_way(committed_db, samaki, cashier, cashier2):
    make.shift(cashier)
    other = make.shift(cashier2, code="D2")
    return cash.transfer(other, 30, by=cashier)


def test_received_many_times_at_once_it_moves_once(on_the_way, cashier2, race):
    outcome = race(lambda: receive_transfer(transfer=on_the_way, by=cashier2), times=4)
    assert len(outcome.results) == 1
    assert lying(on_the_way.sender, on_the_way.receiver) == [70, 130]
    assert Entry.objects.filter(kind="cash_transfer").count() == 1


def test_received_declined_and_taken_back_at_once_it_is_answered_once(on_the_way, cashier, cashier2, race):
    outcome = race(
        lambda: receive_transfer(transfer=on_the_way, by=cashier2),
        lambda: decline_transfer(transfer=on_the_way, reason="not seen", by=cashier2),
        lambda: withdraw_transfer(transfer=on_the_way, by=cashier),
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {MoveNotAllowed}
    on_the_way.refresh_from_db()
    moved = on_the_way.status == "received"
    assert lying(on_the_way.sender, on_the_way.receiver) == ([70, 130] if moved else [100, 100])


def test_a_sender_who_counts_meanwhile_counts_what_is_there(on_the_way, cashier, cashier2, race):
    """Either the count waited for the transfer and knows of it, or it was refused."""
    sender = on_the_way.sender
    race(
        lambda: receive_transfer(transfer=on_the_way, by=cashier2),
        lambda: count_shift(shift=sender, counts=FLOAT, by=cashier),
    )
    sender.refresh_from_db()
    assert lying(sender, on_the_way.receiver) == [70, 130]
    if sender.status == "counted":
        assert {total.currency: total.expected for total in sender.totals.all()}["USD"] == D(70)


def test_two_cashiers_who_send_each_other_cash_do_not_block_each_other(on_the_way, cashier, cashier2, race):
    outcome = race(
        lambda: send_transfer(receiver=on_the_way.receiver, usd=D(5), khr=D(0), by=cashier),
        lambda: send_transfer(receiver=on_the_way.sender, usd=D(5), khr=D(0), by=cashier2),
        times=3,
    )
    assert (len(outcome.results), outcome.errors) == (6, [])
    assert sorted(Transfer.objects.values_list("number", flat=True)) == [
        f"{on_the_way.number[:-1]}{place}" for place in range(1, 8)
    ]


@pytest.mark.usefixtures("committed_db")
def test_a_transfer_and_a_refund_at_once_share_no_note(samaki, cashier, cashier2, accountant, race):
    make.rate(4100)
    shift, other = make.shift(cashier), make.shift(cashier2, code="D2")
    note = owed_back(cashier, accountant)
    outcome = race(
        lambda: cash.transfer(other, 105, by=cashier),
        lambda: pay_refund(note=note, method="cash", notes_in="USD", by=cashier),
    )
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} <= {DrawerShort, NotInDrawer}
    assert in_drawer(shift)["USD"] >= 0
