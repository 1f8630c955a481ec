"""Credit notes and refunds: line by line, four eyes, once, never more than was paid."""

from decimal import Decimal as D

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import pricing
from billing.errors import (
    ApprovesOwnCredit,
    CreditBeyondLine,
    CreditDecided,
    CreditEmpty,
    CreditNotOwed,
    CreditNotPossible,
    DrawerShort,
    ReasonMissing,
    ShiftMissing,
)
from billing.models import CreditLine, CreditNote, Posting, Refund
from billing.queries.comparing import ledger_disagreements
from billing.queries.credits import waiting_credits
from billing.queries.ledger import collections, shift_expectation
from billing.queries.worklist import money_status
from billing.services.credits import approve_credit, decline_credit, pay_refund, request_credit
from billing.services.invoices import override_discount
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from core.clock import today
from core.ids import new_id
from core.money import KHR, USD, Money
from crm.models import FamilyMembership
from tests.factories import billing as make
from tests.factories.billing import khr, usd


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


@pytest.fixture
def paid(shift, cashier):
    """Ten dollars and 20,500 riel (five dollars), paid in full with notes of both."""
    invoice = make.invoice(("10.00", "USD"), ("20500", "KHR"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10), khr(20_500)], by=cashier)
    invoice.refresh_from_db()
    return invoice


def ask(invoice, amount, by, position=0):
    line = invoice.lines.all()[position]
    return request_credit(invoice=invoice, amounts={line.pk: D(amount)}, reason="sample was lost", by=by)


def points(invoice):
    return FamilyMembership.objects.get(family=invoice.family).balance


def posted(invoice, account, currency="USD"):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account, currency=currency)
    return sum(rows.values_list("amount", flat=True), D(0))


# --- The way of a credit note ---


def test_a_credit_note_is_asked_for_approved_and_paid_out(paid, shift, cashier, accountant):
    note = ask(paid, "4.50", cashier)
    assert (note.status, note.number, paid.credited) == ("requested", None, 0)
    assert posted(paid, "receivable") == 0
    note = approve_credit(note=note, by=accountant)
    paid.refresh_from_db()
    assert note.number.endswith("-000001")
    assert (note.to_refund, paid.credited, paid.balance) == (D("4.50"), D("4.50"), D("-4.50"))
    assert posted(paid, "receivable") == D("-4.50")
    refund = pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    paid.refresh_from_db()
    assert {part.currency: part.amount for part in refund.parts.all()} == {"USD": D(4), "KHR": D(2_100)}
    assert refund.rounding == D(-50)
    assert (paid.refunded, paid.balance, paid.status) == (D("4.50"), D(0), "paid")
    assert posted(paid, "receivable") == 0
    assert not ledger_disagreements()


def test_revenue_and_discount_are_taken_back_as_they_were_booked(shift, cashier, accountant, owner):
    from billing.services.drafts import draft_invoice
    from billing.services.invoices import issue_invoice

    charge = make.charge("10.00", category="laboratory")
    draft = draft_invoice(visit=charge.visit, by=cashier)
    override_discount(invoice=draft, rate=D("0.333"), reason="staff", by=owner)
    invoice = issue_invoice(invoice=draft, by=cashier)
    take_payment(invoice=invoice, tenders=[usd("6.67", "card")], by=cashier)
    for amount in ("2.22", "2.22", "2.23"):
        approve_credit(note=ask(invoice, amount, cashier), by=accountant)
    assert posted(invoice, "revenue.laboratory") == 0
    assert posted(invoice, "discount") == 0
    assert sum(CreditLine.objects.values_list("gross", flat=True)) == D("10.00")
    assert not ledger_disagreements()


def test_points_go_back_with_the_money(paid, cashier, accountant):
    before = points(paid)
    approve_credit(note=ask(paid, "4.50", cashier), by=accountant)
    assert points(paid) == before - D("4.50")


def test_what_was_never_paid_is_not_paid_out(shift, cashier, accountant):
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
    note = approve_credit(note=ask(invoice, "7.00", cashier), by=accountant)
    invoice.refresh_from_db()
    assert (note.to_refund, invoice.status, invoice.balance) == (D("1.00"), "paid", D("-1.00"))
    assert points(invoice) == D("3.00")
    pay_refund(note=note, method="cash", notes_in="KHR", by=cashier)
    assert not ledger_disagreements()


def test_a_credit_lowers_what_is_still_due(shift, cashier, accountant):
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
    note = approve_credit(note=ask(invoice, "2.00", cashier), by=accountant)
    invoice.refresh_from_db()
    assert (note.to_refund, invoice.status, invoice.balance) == (0, "partly_paid", D(4))
    with pytest.raises(CreditNotOwed):
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    payment = take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, payment.points) == ("paid", D("8.00"))
    assert money_status(invoice.visit).is_settled
    assert not ledger_disagreements()


def test_two_notes_of_one_invoice_do_not_promise_the_same_money(shift, cashier, accountant):
    invoice = make.invoice(("10.00", "USD"), ("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(12)], by=cashier)
    first = approve_credit(note=ask(invoice, "10.00", cashier, 0), by=accountant)
    second = approve_credit(note=ask(invoice, "10.00", cashier, 1), by=accountant)
    assert (first.to_refund, second.to_refund) == (D(2), D(10))
    for note in (first, second):
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    invoice.refresh_from_db()
    assert invoice.refunded == invoice.paid == D(12)
    assert not ledger_disagreements()


def test_a_refund_stands_in_the_drawer_and_in_the_days_collections(paid, shift, cashier, accountant):
    before = shift_expectation(shift)
    note = approve_credit(note=ask(paid, "5.00", cashier), by=accountant)
    pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    assert shift_expectation(shift) == before | {"USD": before["USD"] - 5}
    taken = {(row.method, row.currency): row.amount for row in collections(since=today(), until=today())}
    assert taken == {("cash", "USD"): D(5), ("cash", "KHR"): D(20_500)}
    count_shift(shift=shift, counts={}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "not counted", "KHR": "not counted"}, by=cashier)
    assert not ledger_disagreements()


def test_a_refund_by_bank_leaves_the_drawer_alone(paid, shift, cashier, accountant):
    before = shift_expectation(shift)
    note = approve_credit(note=ask(paid, "4.56", cashier), by=accountant)
    refund = pay_refund(note=note, method="bank", notes_in="USD", reference="FT-1", by=cashier)
    assert [(part.currency, part.amount) for part in refund.parts.all()] == [("USD", D("4.56"))]
    assert shift_expectation(shift) == before
    assert not ledger_disagreements()


# --- What is refused ---


def test_nobody_approves_their_own(paid, accountant):
    note = ask(paid, "1.00", accountant)
    with pytest.raises(ApprovesOwnCredit):
        approve_credit(note=note, by=accountant)
    with pytest.raises(ApprovesOwnCredit):
        decline_credit(note=note, reason="no", by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditNote.objects.filter(pk=note.pk).update(
            status="approved", number="X", decided_by=accountant, decided_at=note.created_at
        )


def test_a_line_is_not_credited_beyond_its_net(paid, cashier, accountant):
    ask(paid, "6.00", cashier)
    with pytest.raises(CreditBeyondLine):
        ask(paid, "4.01", cashier)
    ask(paid, "4.00", cashier)


def test_a_declined_note_frees_its_lines(paid, cashier, accountant):
    note = decline_credit(note=ask(paid, "10.00", cashier), reason="was done", by=accountant)
    assert (note.status, note.number) == ("declined", None)
    with pytest.raises(CreditDecided):
        approve_credit(note=note, by=accountant)
    ask(paid, "10.00", cashier)


def test_an_unpaid_invoice_is_voided_not_credited(shift, cashier):
    with pytest.raises(CreditNotPossible):
        ask(make.invoice(("3.00", "USD"), by=cashier), "1.00", cashier)


def test_a_note_needs_a_reason_an_amount_and_whole_cents(paid, cashier):
    line = paid.lines.first()
    with pytest.raises(ReasonMissing):
        request_credit(invoice=paid, amounts={line.pk: D(1)}, reason=" ", by=cashier)
    with pytest.raises(CreditEmpty):
        request_credit(invoice=paid, amounts={line.pk: D(0)}, reason="x", by=cashier)
    for wrong in (D("0.001"), D(-1)):
        with pytest.raises(CreditBeyondLine):
            request_credit(invoice=paid, amounts={line.pk: wrong}, reason="x", by=cashier)


def test_nothing_is_paid_out_outside_a_shift_or_beyond_the_drawer(paid, shift, cashier, cashier2, accountant):
    note = approve_credit(note=ask(paid, "10.00", cashier), by=accountant)
    with pytest.raises(ShiftMissing):
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier2)
    make.shift(cashier2, code="D2", counts={"USD": {1: 9}})
    with pytest.raises(DrawerShort):
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier2)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_creditnote SET amount = 1",
        "UPDATE billing_creditnote SET to_refund = to_refund + 1",
        "UPDATE billing_creditnote SET status = 'requested', number = NULL, decided_by_id = NULL, to_refund = 0",
        "DELETE FROM billing_creditnote",
        "UPDATE billing_creditline SET net = 0.01, gross = 0.01",
        "UPDATE billing_refund SET amount = 0.01",
        "UPDATE billing_invoice SET credited = 0",
        "UPDATE billing_invoice SET refunded = refunded + 1",
        "UPDATE billing_invoice SET paid = paid + 1",
    ],
)
def test_raw_sql_changes_nothing_of_it(paid, cashier, accountant, statement):
    note = approve_credit(note=ask(paid, "4.00", cashier), by=accountant)
    pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    connection.check_constraints()
    with pytest.raises(DatabaseError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


def test_the_database_refuses_a_line_credited_too_far(paid, cashier):
    note, line = ask(paid, "9.00", cashier), paid.lines.first()
    other = CreditNote.objects.create(invoice=paid, currency="USD", amount=D("1.01"), reason="x", requested_by=cashier)
    with pytest.raises(IntegrityError, match="cannot be credited"), transaction.atomic():
        CreditLine.objects.create(credit_note=other, line=line, gross=D("1.01"), net=D("1.01"), currency="USD")
    with pytest.raises(IntegrityError, match="disagree"):
        connection.check_constraints()
    assert note.amount == D("9.00")


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_of_many_credits_of_a_line_only_its_net_gets_through(samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    outcome = race(lambda: ask(invoice, "3.00", cashier), times=12)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (3, {CreditBeyondLine})
    note = outcome.results[0]
    decisions = race(
        *[lambda: approve_credit(note=note, by=accountant)] * 6,
        *[lambda: decline_credit(note=note, reason="no", by=accountant)] * 6,
    )
    assert (len(decisions.results), {type(error) for error in decisions.errors}) == (1, {CreditDecided})


@pytest.mark.usefixtures("committed_db")
def test_a_note_is_paid_out_once_by_whoever_comes_first(samaki, cashier, cashier2, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    make.shift(cashier2, code="D2")
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    note = approve_credit(note=ask(invoice, "8.00", cashier), by=accountant)
    pays = [lambda by=by: pay_refund(note=note, method="cash", notes_in="USD", by=by) for by in (cashier, cashier2)]
    outcome = race(*pays * 5)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {CreditNotOwed})
    invoice.refresh_from_db()
    assert invoice.refunded == D(4)
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_a_payment_and_a_credit_at_once_leave_the_books_in_agreement(samaki, cashier, accountant, race):
    make.rate(4100)
    make.shift(cashier)
    for _ in range(4):
        invoice = make.invoice(("10.00", "USD"), by=cashier)
        take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
        note = ask(invoice, "8.00", cashier)
        race(
            lambda one=invoice: take_payment(invoice=one, tenders=[usd(6)], by=cashier),
            lambda one=note: approve_credit(note=one, by=accountant),
        )
        note.refresh_from_db()
        invoice.refresh_from_db()
        assert (note.to_refund, invoice.balance) == (invoice.paid - D(2), -note.to_refund)
        pay_refund(note=note, method="cash", notes_in="USD", by=cashier)
    assert not ledger_disagreements()


# --- Random notes ---


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.05", 90, places=2), min_size=1, max_size=3),
    discount=st.sampled_from([D(0), D("0.05"), D("0.3333")]),
    first=st.integers(1, 95),
    shares=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 100)), min_size=1, max_size=5),
)
def test_whatever_is_credited_nobody_gets_more_than_was_paid(
    samaki, cashier, accountant, owner, prices, discount, first, shares
):
    with transaction.atomic():
        make.rate(4100)
        make.shift(cashier, counts={"USD": {100: 20}, "KHR": {10_000: 100}})
        invoice = discounted(prices, discount, cashier, owner)
        if invoice.total:
            pay_some(invoice, first, cashier)
            for position, percent in shares:
                credit_some(invoice, position % len(prices), percent, cashier, accountant)
            invoice.refresh_from_db()
            assert invoice.refunded <= invoice.paid
            assert invoice.credited <= invoice.total
            assert invoice.balance >= 0
        assert not ledger_disagreements()
        connection.check_constraints()
        transaction.set_rollback(True)  # the next example begins with empty books


def discounted(prices, discount, cashier, owner):
    from billing.services.drafts import draft_invoice
    from billing.services.invoices import issue_invoice

    visit = make.new_visit()
    for price in prices:
        make.charge(price, visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    override_discount(invoice=draft, rate=discount, reason="staff", by=owner)
    return issue_invoice(invoice=draft, by=cashier)


def pay_some(invoice, percent, cashier):
    amount = max(D("0.01"), (invoice.total * percent / 100).quantize(D("0.01")))
    take_payment(invoice=invoice, tenders=[usd(min(amount, invoice.total), "card")], by=cashier)


def credit_some(invoice, position, percent, cashier, accountant):
    line = invoice.lines.all()[position]
    try:
        note = ask(invoice, (line.net * percent / 100).quantize(D("0.01")), cashier, position)
    except (CreditBeyondLine, CreditEmpty, CreditNotPossible):
        return
    note = approve_credit(note=note, by=accountant)
    if note.can_refund:
        pay_refund(note=note, method="cash", notes_in=USD, by=cashier)


@given(cents=st.integers(1, 2_000_000), rate=st.integers(3500, 4999), notes_in=st.sampled_from([USD, KHR]))
def test_what_is_paid_out_in_notes_is_worth_the_amount_to_fifty_riel(cents, rate, notes_in):
    amount, rate = Money(D(cents) / 100, USD), D(rate)
    out = pricing.pay_out(amount, rate=rate, notes_in=notes_in)
    worth = out.parts.get(USD, D(0)) * rate + out.parts.get(KHR, D(0))
    assert abs(worth - amount.amount * rate) <= 50
    assert out.parts.get(USD, D(0)) % 1 == 0
    assert out.parts.get(KHR, D(0)) % 100 == 0
    assert abs(out.rounding) <= 51
    assert amount.amount - out.parts.get(USD, D(0)) + out.exchange_usd == 0
    assert -out.parts.get(KHR, D(0)) + out.exchange_khr - out.rounding == 0


# --- Pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_a_cashier_asks_an_accountant_approves_a_cashier_pays(client_for, paid, accountant):
    desk, office = client_for("cashier"), client_for("accountant")
    line = paid.lines.first()
    page = desk.get(f"/billing/invoices/{paid.pk}/").content.decode()
    assert f"/billing/invoices/{paid.pk}/credit/" in page
    sent = once(**{f"line_{line.pk}": "4.00", "reason": "sample was lost"})
    answer = desk.post(f"/billing/invoices/{paid.pk}/credit/", sent)
    assert answer.status_code == 302
    assert desk.post(f"/billing/invoices/{paid.pk}/credit/", sent)["Location"] == answer["Location"]
    note = CreditNote.objects.get()
    address = f"/billing/credits/{note.pk}/"
    assert "Somebody else must approve" in desk.get(address).content.decode()
    assert desk.post(f"{address}approve/", once()).status_code == 403
    assert "sample was lost" in office.get(address).content.decode()
    assert office.post(f"{address}approve/", once()).status_code == 302
    assert "Pay out" in desk.get(address).content.decode()
    assert desk.post(f"{address}pay/", once(method="cash")).status_code == 302
    note.refresh_from_db()
    assert note.status == "refunded"
    for paper in (f"/billing/credits/{note.pk}/print/", f"/billing/refunds/{note.refund.pk}/print/"):
        assert paper in desk.get(address).content.decode()
        assert desk.post(paper, once(), follow=True).content[:4] == b"%PDF"


def test_mistakes_are_said_beside_the_line(client_for, paid):
    desk, line = client_for("cashier"), paid.lines.first()
    address = f"/billing/invoices/{paid.pk}/credit/"
    for amount in ("10.01", "-1", "abc", "0.001"):
        answer = desk.post(address, once(**{f"line_{line.pk}": amount, "reason": "x"}))
        assert answer.status_code == 422
        assert "is-invalid" in answer.content.decode()
    assert desk.post(address, once(reason="x")).status_code == 422
    assert not CreditNote.objects.exists()


def test_a_transfer_needs_its_number(client_for, paid, cashier, accountant):
    note = approve_credit(note=ask(paid, "4.00", cashier), by=accountant)
    answer = client_for("cashier").post(f"/billing/credits/{note.pk}/pay/", once(method="bank"))
    assert answer.status_code == 422
    assert "Enter the number of the transfer." in answer.content.decode()


def test_everybody_sees_what_waits_for_them(client_for, paid, cashier, accountant, samaki):
    note = ask(paid, "4.00", cashier)
    assert list(waiting_credits(accountant)) == [note]
    assert not waiting_credits(cashier)
    approve_credit(note=note, by=accountant)
    assert list(waiting_credits(cashier)) == [note]
    assert not waiting_credits(accountant)
    assert note.invoice.patient.full_name in client_for("cashier").get("/billing/credits/").content.decode()


def test_the_list_costs_the_same_however_long(client_for, shift, cashier, query_count):
    client = client_for("accountant")

    def another():
        invoice = make.invoice(("10.00", "USD"), by=cashier)
        take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
        ask(invoice, "1.00", cashier)

    another()
    client.get("/billing/credits/")
    with query_count() as few:
        client.get("/billing/credits/")
    for _ in range(4):
        another()
    with query_count() as many:
        client.get("/billing/credits/")
    assert many.count == few.count
