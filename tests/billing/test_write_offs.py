"""Write-offs of debts: by two people, all that is due, never together with a payment, and taken back to be paid."""

from decimal import Decimal as D

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.errors import (
    AlreadyDecided,
    CreditNotPossible,
    DecidesOwn,
    InvoiceNotOwing,
    ReasonMissing,
)
from billing.errors_debts import (
    InvoiceWrittenOff,
    WriteOffNotMade,
    WriteOffOutdated,
    WriteOffWaits,
)
from billing.models import Entry, Invoice, Posting, WriteOff
from billing.queries.bills import visit_is_settled
from billing.queries.comparing import ledger_disagreements
from billing.queries.statements import owed_now, statement_rows
from billing.queries.write_offs import waiting_write_offs
from billing.services.credits import approve_credit, request_credit
from billing.services.invoices import void_invoice
from billing.services.payments import take_payment
from billing.services.write_offs import approve_write_off, decline_write_off, request_write_off, reverse_write_off
from core.clock import now
from core.ids import new_id
from notifications.models import Notice
from reports.queries.money.definitions import REPORTS
from reports.queries.money.grouping import Period, totals
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture
def invoice(samaki, cashier):
    """Ten dollars, of which four are paid."""
    make.shift(cashier)
    invoice = make.invoice(("10.00", "USD"), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
    invoice.refresh_from_db()
    return invoice


def write_off(invoice, by="cashier", approver="accountant"):
    asked = request_write_off(invoice=invoice, reason="moved away", by=make.user(by))
    approve_write_off(write_off=asked, by=make.user(approver))
    connection.check_constraints()
    invoice.refresh_from_db()
    asked.refresh_from_db()
    return asked


def posted(invoice, account):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account)
    return sum(rows.values_list("amount", flat=True), D(0))


def test_what_is_still_due_is_given_up_by_two_people(invoice, cashier, accountant):
    asked = request_write_off(invoice=invoice, reason="moved away", by=cashier)
    assert (asked.status, asked.amount, asked.number, posted(invoice, "receivable")) == ("requested", D(6), None, D(6))
    assert Notice.objects.filter(user=accountant, kind="write_off").exists()
    assert (list(waiting_write_offs(accountant)), list(waiting_write_offs(cashier))) == ([asked], [])
    asked = approve_write_off(write_off=asked, by=accountant)
    invoice.refresh_from_db()
    assert asked.number.endswith("-000001")
    assert (invoice.status, invoice.written_off, invoice.balance) == ("written_off", D(6), D(0))
    assert (posted(invoice, "receivable"), posted(invoice, "bad_debt")) == (0, D(6))
    assert visit_is_settled(invoice.visit)
    assert not ledger_disagreements()


def test_the_statement_and_the_report_tell_it(invoice):
    write_off(invoice)
    rows = statement_rows([invoice.patient], at=now())
    assert [str(row.posting.entry.get_kind_display()) for row in rows][-1] == "Debt written off"
    assert [money.amount for money in owed_now(rows)] == [D(0)]
    day = rows[-1].posting.date
    assert totals(REPORTS["write-offs"], Period(day, day)).usd == D(6)


def test_whoever_asked_does_not_approve_and_the_database_looks_too(invoice, accountant):
    asked = request_write_off(invoice=invoice, reason="moved away", by=accountant)
    with pytest.raises(DecidesOwn):
        approve_write_off(write_off=asked, by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.filter(pk=asked.pk).update(status="approved", number="W-1", decided_by=accountant)
    invoice.refresh_from_db()
    assert (invoice.status, posted(invoice, "bad_debt")) == ("partly_paid", 0)


def test_it_says_why_waits_alone_and_is_decided_once(invoice, cashier, accountant):
    with pytest.raises(ReasonMissing):
        request_write_off(invoice=invoice, reason=" ", by=cashier)
    asked = request_write_off(invoice=invoice, reason="moved away", by=cashier)
    with pytest.raises(WriteOffWaits):
        request_write_off(invoice=invoice, reason="again", by=cashier)
    with pytest.raises(ReasonMissing):
        decline_write_off(write_off=asked, reason="", by=accountant)
    decline_write_off(write_off=asked, reason="the employer pays", by=accountant)
    with pytest.raises(AlreadyDecided):
        approve_write_off(write_off=asked, by=accountant)
    assert write_off(invoice).status == "approved"


def test_what_was_asked_for_must_still_be_what_is_due(invoice, cashier, accountant):
    asked = request_write_off(invoice=invoice, reason="moved away", by=cashier)
    take_payment(invoice=invoice, tenders=[usd(1)], by=cashier)
    with pytest.raises(WriteOffOutdated):
        approve_write_off(write_off=asked, by=accountant)
    take_payment(invoice=invoice, tenders=[usd(5)], by=cashier)
    with pytest.raises(InvoiceNotOwing):
        approve_write_off(write_off=asked, by=accountant)
    with pytest.raises(InvoiceNotOwing):
        request_write_off(invoice=invoice, reason="moved away", by=cashier)


def test_somebody_pays_after_all(invoice, cashier):
    made = write_off(invoice)
    with pytest.raises(InvoiceNotOwing):
        take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    reverse_write_off(write_off=made, reason="the brother pays", by=cashier)
    connection.check_constraints()
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance, invoice.written_off) == ("partly_paid", D(6), D(0))
    assert (posted(invoice, "receivable"), posted(invoice, "bad_debt")) == (D(6), 0)
    payment = take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, payment.points) == ("paid", D(10))
    with pytest.raises(WriteOffNotMade):
        reverse_write_off(write_off=made, reason="again", by=cashier)
    assert not ledger_disagreements()


def test_an_invoice_nobody_paid_on_can_be_voided_again_once_it_owes(samaki, cashier, accountant):
    invoice = make.invoice(by=cashier)
    made = write_off(invoice)
    assert not invoice.can_void
    reverse_write_off(write_off=made, reason="wrong patient", by=cashier)
    invoice.refresh_from_db()
    assert invoice.status == "issued"
    void_invoice(invoice=invoice, reason="wrong patient", by=accountant)
    assert not ledger_disagreements()


def test_nothing_is_credited_while_something_is_written_off(invoice, cashier, accountant):
    line = invoice.lines.get()
    note = request_credit(invoice=invoice, amounts={line.pk: D(2)}, reason="sample was lost", by=cashier)
    write_off(invoice)
    with pytest.raises(InvoiceWrittenOff):
        approve_credit(note=note, by=accountant)
    with pytest.raises((InvoiceWrittenOff, CreditNotPossible)):
        request_credit(invoice=invoice, amounts={line.pk: D(1)}, reason="sample was lost", by=cashier)


@pytest.mark.parametrize(
    "columns",
    [
        {"written_off": D(7)},  # beyond what is due
        {"written_off": D(1)},  # and still owing
        {"status": "written_off"},
        {"status": "written_off", "written_off": D(6)},  # without a write-off
    ],
)
def test_the_database_refuses_what_no_write_off_says(invoice, columns):
    with pytest.raises(DatabaseError):
        _update_and_check(invoice, columns)


def _update_and_check(invoice, columns):
    with transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**columns)
        connection.check_constraints()


def test_a_written_off_invoice_and_a_decided_write_off_are_frozen(invoice):
    made = write_off(invoice)
    for change in (
        lambda: Invoice.objects.filter(pk=invoice.pk).update(paid=D(10)),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(credited=D(1)),
        lambda: WriteOff.objects.filter(pk=made.pk).update(amount=D(1)),
        lambda: WriteOff.objects.filter(pk=made.pk).update(status="requested", number=None, decided_by=None),
        lambda: WriteOff.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_payments_and_approvals_at_once_never_both_count(committed_db, race):
    cashier, accountant = make.user("cashier"), make.user("accountant")
    make.shift(cashier)
    invoices = [make.invoice(by=cashier) for _ in range(4)]
    asked = [request_write_off(invoice=one, reason="moved away", by=cashier) for one in invoices]
    acts = [lambda one=one: take_payment(invoice=one, tenders=[usd(10)], key=new_id(), by=cashier) for one in invoices]
    acts += [lambda one=one: approve_write_off(write_off=one, by=accountant) for one in asked]
    outcome = race(*acts)
    assert len(outcome.results) == 4
    assert all(isinstance(error, InvoiceNotOwing) for error in outcome.errors), outcome.errors
    for invoice in Invoice.objects.all():
        assert (invoice.balance, invoice.paid + invoice.written_off) == (0, D(10))
    assert not ledger_disagreements()


def test_one_write_off_is_approved_and_taken_back_once_by_many(committed_db, race):
    cashier, accountant = make.user("cashier"), make.user("accountant")
    asked = request_write_off(invoice=make.invoice(by=cashier), reason="moved away", by=cashier)
    assert len(race(lambda: approve_write_off(write_off=asked, by=accountant), times=4).results) == 1
    assert len(race(lambda: reverse_write_off(write_off=asked, reason="pays", by=cashier), times=4).results) == 1
    assert Entry.objects.filter(source_id=asked.pk).count() == 2
    assert not ledger_disagreements()


# --- The pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_the_way_through_the_pages(invoice, client_for):
    cashier, accountant = client_for("cashier"), client_for("accountant")
    page = cashier.get(f"/billing/invoices/{invoice.pk}/")
    assert "Write off" in page.content.decode()
    sent = once(reason="moved away")
    answer = cashier.post(f"/billing/invoices/{invoice.pk}/write-off/", sent, follow=True)
    assert "Somebody else must decide this." in answer.content.decode()
    asked = WriteOff.objects.get()
    assert cashier.post(f"/billing/write-offs/{asked.pk}/approve/", once()).status_code == 403
    assert str(asked.pk) in accountant.get("/billing/write-offs/").content.decode()
    answer = accountant.post(f"/billing/write-offs/{asked.pk}/approve/", once(), follow=True)
    asked.refresh_from_db()
    assert asked.number in answer.content.decode()
    answer = cashier.get(f"/billing/invoices/{invoice.pk}/")
    assert "Written off" in answer.content.decode()
    sent = once(reason="the brother pays")
    answer = cashier.post(f"/billing/write-offs/{asked.pk}/reverse/", sent, follow=True)
    assert "Take payment" in answer.content.decode()
