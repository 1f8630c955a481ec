"""Deposits: held in the currency they came in, never below zero, used as a tender, paid back with four eyes."""

from decimal import Decimal as D

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.errors import (
    ApprovesOwnRefund,
    DepositShort,
    DrawerShort,
    InvoiceNotOwing,
    RefundDecided,
    RefundNotApproved,
    ShiftMissing,
    TenderBeyondDue,
    TenderInvalid,
)
from billing.models import Deposit, DepositAccount, Payment, Posting
from billing.queries.comparing import ledger_disagreements
from billing.queries.deposits import held_for, held_in_all, waiting_refunds
from billing.queries.ledger import collections, shift_expectation
from billing.services.credits import approve_credit, pay_refund, request_credit
from billing.services.deposit_refunds import (
    approve_deposit_refund,
    decline_deposit_refund,
    pay_deposit_refund,
    request_deposit_refund,
)
from billing.services.deposits import receive_deposit, take_deposit
from billing.services.payments import preview_payment, take_payment
from core.clock import today
from core.ids import new_id
from core.money import KHR, USD, Money
from patients.models import Patient
from tests.factories import billing as make
from tests.factories.billing import khr, usd


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def invoice(shift, cashier):
    return make.invoice(("10.00", "USD"), by=cashier)


def give(patient, *tenders, by, **more):
    return take_deposit(patient=patient, tenders=list(tenders), by=by, **more)


def held(patient):
    return {str(money.currency): money.amount for money in held_for(patient.pk, patient.family_id)}


def test_a_deposit_is_held_in_the_currency_it_came_in(invoice, shift, cashier):
    deposit = give(invoice.patient, usd(20), khr(41_000), usd("5.25", "card"), by=cashier)
    assert deposit.number.split("-")[1].startswith("D")
    assert held(invoice.patient) == {"USD": D("25.25"), "KHR": D(41_000)}
    assert held_in_all() == [Money(D("25.25"), USD), Money(D(41_000), KHR)]
    assert shift_expectation(shift) == {"USD": D(120), "KHR": D(201_000)}
    assert {(row.method, row.currency): row.amount for row in collections(since=today())} == {
        ("cash", "USD"): D(20),
        ("cash", "KHR"): D(41_000),
        ("card", "USD"): D("5.25"),
    }
    assert not ledger_disagreements()


def test_a_deposit_pays_a_bill_beside_cash_and_the_rest_stays(invoice, shift, cashier):
    give(invoice.patient, usd(6), khr(20_500), by=cashier)
    before = shift_expectation(shift)
    payment = take_payment(invoice=invoice, tenders=[usd(6, "deposit"), khr(8_200, "deposit"), khr(8_200)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, payment.balance_after, payment.points) == ("paid", D(0), D(10))
    assert held(invoice.patient) == {"KHR": D(12_300)}
    assert shift_expectation(shift) == {**before, "KHR": before["KHR"] + 8_200}
    assert sum(Posting.objects.filter(account__key="deposits").values_list("amount", flat=True)) == -12_300
    assert not ledger_disagreements()


def test_a_family_deposit_pays_for_every_member_after_their_own(invoice, cashier):
    patient, visit = invoice.patient, make.new_visit()
    Patient.objects.filter(pk=visit.patient_id).update(family=patient.family)
    visit.refresh_from_db()
    give(visit.patient, usd(8), by=cashier, for_family=True)
    give(patient, usd(5), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10, "deposit")], by=cashier)
    assert DepositAccount.objects.get(patient=patient).balance == 0
    assert DepositAccount.objects.get(family=patient.family).balance == 3
    assert held(visit.patient) == {"USD": D(3)}
    assert held(make.new_visit().patient) == {}


def test_nobody_pays_with_more_than_is_held_or_due_or_with_anothers(invoice, cashier):
    give(make.new_visit().patient, usd(50), by=cashier)
    give(invoice.patient, usd(4), by=cashier)
    for tenders, error in (
        ([usd("4.01", "deposit")], DepositShort),
        ([khr(4_100, "deposit")], DepositShort),
        ([usd(4, "deposit"), usd(1, "deposit")], DepositShort),
    ):
        with pytest.raises(error):
            preview_payment(invoice=invoice, tenders=tenders)
        with pytest.raises(error):
            take_payment(invoice=invoice, tenders=tenders, by=cashier)
    give(invoice.patient, usd(40), by=cashier)
    with pytest.raises(TenderBeyondDue):
        take_payment(invoice=invoice, tenders=[usd(11, "deposit")], by=cashier)
    assert not Payment.objects.exists()
    assert held(invoice.patient) == {"USD": D(44)}


def test_a_deposit_needs_a_shift_and_real_money_and_is_taken_once_a_key(invoice, cashier, cashier2):
    with pytest.raises(ShiftMissing):
        give(invoice.patient, usd(5), by=cashier2)
    with pytest.raises(TenderInvalid):
        give(invoice.patient, usd(5, "deposit"), by=cashier)
    key = new_id()
    first = give(invoice.patient, usd(5), by=cashier, key=key)
    assert give(invoice.patient, usd(5), by=cashier, key=key) == first
    assert held(invoice.patient) == {"USD": D(5)}


def test_what_a_gateway_brings_is_held_outside_any_shift_once(invoice, cashier):
    key = new_id()
    facts = {"patient": invoice.patient, "gateway": "khqr", "branch": invoice.branch, "by": cashier, "key": key}
    first = receive_deposit(paid=usd("7.50", "khqr"), **facts)
    assert receive_deposit(paid=usd("7.50", "khqr"), **facts) == first
    assert (first.shift, held(invoice.patient)) == (None, {"USD": D("7.50")})
    assert not ledger_disagreements()
    connection.check_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.create(
            key=new_id(), number="x", patient=invoice.patient, branch=invoice.branch, cashier=cashier,
            received_at=first.received_at,
        )  # fmt: skip


# --- Paying back ---


def asked(patient, amount, by):
    account = DepositAccount.objects.get(patient=patient, currency="USD")
    return request_deposit_refund(account=account, patient=patient, amount=D(amount), reason="goes home", by=by)


def test_a_deposit_is_paid_back_with_four_eyes_in_notes(invoice, shift, cashier, accountant):
    give(invoice.patient, usd(20), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10, "deposit")], by=cashier)
    refund = asked(invoice.patient, "7.55", cashier)
    with pytest.raises(ApprovesOwnRefund):
        approve_deposit_refund(refund=refund, by=cashier)
    with pytest.raises(RefundNotApproved):
        pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    assert list(waiting_refunds(accountant)) == [refund]
    approve_deposit_refund(refund=refund, by=accountant)
    with pytest.raises(RefundDecided):
        approve_deposit_refund(refund=refund, by=accountant)
    before = shift_expectation(shift)
    refund = pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    assert {part.currency: part.amount for part in refund.parts.all()} == {"USD": D(7), "KHR": D(2_300)}
    assert refund.rounding == D(-45)
    assert shift_expectation(shift) == {"USD": before["USD"] - 7, "KHR": before["KHR"] - 2_300}
    assert held(invoice.patient) == {"USD": D("2.45")}
    with pytest.raises(RefundNotApproved):
        pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    assert not ledger_disagreements()
    connection.check_constraints()


def test_no_more_is_paid_back_than_is_held_when_it_is_paid(invoice, cashier, accountant):
    give(invoice.patient, usd(12), by=cashier)
    with pytest.raises(DepositShort):
        asked(invoice.patient, "12.01", cashier)
    refund = approve_deposit_refund(refund=asked(invoice.patient, "12", cashier), by=accountant)
    take_payment(invoice=invoice, tenders=[usd(10, "deposit")], by=cashier)
    with pytest.raises(DepositShort):
        pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    declined = decline_deposit_refund(refund=refund, reason="used for the bill", by=accountant)
    assert declined.status == "declined"
    assert held(invoice.patient) == {"USD": D(2)}


def test_the_drawer_must_hold_the_notes(invoice, cashier, accountant):
    give(invoice.patient, usd(500, "bank"), by=cashier)
    refund = approve_deposit_refund(refund=asked(invoice.patient, "500", cashier), by=accountant)
    with pytest.raises(DrawerShort):
        pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)
    pay_deposit_refund(refund=refund, method="bank", notes_in="USD", reference="FT-9", by=cashier)
    assert held(invoice.patient) == {}
    assert not ledger_disagreements()


def test_a_credit_note_may_be_paid_out_into_the_deposit(invoice, shift, cashier, accountant):
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    line = invoice.lines.get()
    note = request_credit(invoice=invoice, amounts={line.pk: D("2.50")}, reason="not done", by=cashier)
    note = approve_credit(note=note, by=accountant)
    before = shift_expectation(shift)
    pay_refund(note=note, method="deposit", notes_in="USD", by=cashier)
    assert held(invoice.patient) == {"USD": D("2.50")}
    assert shift_expectation(shift) == before
    assert not ledger_disagreements()
    connection.check_constraints()


# --- What the database refuses ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_depositaccount SET balance = -1",
        "UPDATE billing_depositaccount SET balance = balance + 1",
        "UPDATE billing_depositaccount SET currency = 'KHR'",
        "DELETE FROM billing_depositmove",
        "UPDATE billing_depositmove SET amount = 1",
        "UPDATE billing_deposit SET number = 'x'",
        "UPDATE billing_deposittender SET amount = 1",
        "UPDATE billing_depositrefund SET amount = 1",
        "UPDATE billing_depositrefund SET status = 'requested', decided_by_id = NULL",
        "DELETE FROM billing_depositrefund",
        "INSERT INTO billing_depositmove"
        " (id, created_at, updated_at, account_id, amount, currency, entry_id, deposit_id)"
        " SELECT gen_random_uuid(), now(), now(), account_id, 5, currency, entry_id, deposit_id"
        " FROM billing_depositmove WHERE deposit_id IS NOT NULL",
    ],
)
def test_raw_sql_changes_nothing_of_it(invoice, cashier, accountant, statement):
    give(invoice.patient, usd(12), by=cashier)
    approve_deposit_refund(refund=asked(invoice.patient, "5", cashier), by=accountant)
    connection.check_constraints()
    with pytest.raises(DatabaseError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_many_windows_cannot_spend_a_deposit_twice(samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    visit = make.new_visit()
    give(visit.patient, usd(25), by=cashier)
    bills = [make.invoice(("10.00", "USD"), visit=visit, by=cashier) for _ in range(4)]
    refund = approve_deposit_refund(refund=asked(visit.patient, "15", cashier), by=accountant)
    pays = [lambda bill=bill: take_payment(invoice=bill, tenders=[usd(10, "deposit")], by=cashier) for bill in bills]
    backs = [lambda: pay_deposit_refund(refund=refund, method="cash", notes_in="USD", by=cashier)] * 3
    outcome = race(*pays, *backs)
    assert {type(error) for error in outcome.errors} <= {DepositShort, RefundNotApproved}
    left = DepositAccount.objects.get().balance
    spent = sum(bill.paid for bill in type(bills[0]).objects.filter(pk__in=[bill.pk for bill in bills]))
    refund.refresh_from_db()
    back = D(15) if refund.status == "refunded" else D(0)
    assert left == D(25) - spent - back >= 0
    assert left < 10
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_of_cash_and_deposit_at_once_exactly_one_pays_the_bill(samaki, cashier, cashier2, race):
    make.rate(4100)
    make.shift(cashier)
    make.shift(cashier2, code="D2")
    bill = make.invoice(("10.00", "USD"), by=cashier)
    give(bill.patient, usd(10), by=cashier)
    ways = [
        lambda: take_payment(invoice=bill, tenders=[usd(10, "deposit")], by=cashier),
        lambda: take_payment(invoice=bill, tenders=[usd(10)], by=cashier2),
    ]
    outcome = race(*ways * 25)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {InvoiceNotOwing})
    by_cash = outcome.results[0].cashier_id == cashier2.pk
    assert DepositAccount.objects.get().balance == (10 if by_cash else 0)
    assert not ledger_disagreements()


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_a_cashier_takes_a_deposit_uses_it_and_pays_the_rest_back(client_for, invoice, cashier):
    desk, office, patient = client_for("cashier"), client_for("accountant"), invoice.patient
    answer = desk.post(f"/billing/patients/{patient.pk}/deposits/new/", once(usd="20"))
    assert answer.status_code == 302
    assert "20.00" in desk.get(answer["Location"]).content.decode()
    assert desk.post(answer["Location"] + "print/", once(), follow=True).content[:4] == b"%PDF"
    assert patient.full_name in office.get("/billing/deposits/").content.decode()
    assert "20.00" in desk.get(f"/billing/visits/{invoice.visit_id}/").content.decode()
    pay = f"/billing/invoices/{invoice.pk}/pay/"
    assert 'value="10.00"' in desk.get(f"{pay}?deposit=1").content.decode()
    short = desk.post(pay, once(deposit_amount="20.5", deposit_currency="USD", due="10.00"))
    assert short.status_code == 422
    assert "The deposit holds less than this." in short.content.decode()
    assert desk.post(pay, once(deposit_amount="10", deposit_currency="USD", due="10.00")).status_code == 302
    account = DepositAccount.objects.get()
    sent = desk.post(
        f"/billing/patients/{patient.pk}/deposits/refund/", once(account=account.pk, amount="10", reason="goes home")
    )
    address = sent["Location"]
    assert "Somebody else must approve" in desk.get(address).content.decode()
    assert desk.post(f"{address}approve/", once()).status_code == 403
    assert office.post(f"{address}approve/", once()).status_code == 302
    assert desk.post(f"{address}pay/", once(method="cash")).status_code == 302
    account.refresh_from_db()
    assert account.balance == 0
    assert desk.post(f"{address}print/", once(), follow=True).content[:4] == b"%PDF"
    assert "DR" in desk.get(f"/billing/patients/{patient.pk}/deposits/").content.decode()


def test_the_list_costs_the_same_however_long(client_for, shift, cashier, query_count):
    client = client_for("accountant")
    give(make.new_visit().patient, usd(5), by=cashier)
    client.get("/billing/deposits/")
    with query_count() as few:
        client.get("/billing/deposits/")
    for _ in range(4):
        give(make.new_visit().patient, usd(5), by=cashier)
    with query_count() as many:
        client.get("/billing/deposits/")
    assert many.count == few.count
