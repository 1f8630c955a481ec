"""Taking money: tenders, change, points, and that a bill is never paid twice."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.errors import (
    InvoiceChanged,
    InvoiceNotOwing,
    ShiftMissing,
    ShiftNotOpen,
    TenderBeyondDue,
    TenderEmpty,
    TenderInvalid,
    TenderNotNotes,
)
from billing.models import Entry, Invoice, Payment, Posting, ReceiptPrint
from billing.pricing import Paid
from billing.queries import visit_is_settled
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import collections, shift_expectation
from billing.services.payments import take_payment
from billing.services.prints import record_print
from billing.services.shifts import count_shift
from core import events
from core.clock import now, today
from core.ids import new_id
from tests.factories import billing as make
from tests.factories.billing import khr, usd


@pytest.fixture
def shift(samaki, cashier):
    make.rate()
    return make.shift(cashier)


def test_a_twenty_dollar_note_for_a_bill_of_twelve_thirty_four(shift, cashier):
    invoice = make.invoice(("12.34", "USD"))
    payment = take_payment(invoice=invoice, tenders=[usd(20)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid, invoice.balance) == ("paid", Decimal("12.34"), Decimal(0))
    assert {change.currency: change.amount for change in payment.changes.all()} == {
        "USD": Decimal(7),
        "KHR": Decimal(2700),
    }
    assert payment.rounding == Decimal(6)
    assert shift_expectation(shift) == {"USD": Decimal(113), "KHR": Decimal(157_300)}


def test_any_mix_of_notes_cards_and_transfers_pays_a_bill(shift, cashier):
    invoice = make.invoice(("30.00", "USD"))
    tenders = [usd(10), khr(41_000), usd(5, "card"), khr(20_500, "khqr")]
    payment = take_payment(invoice=invoice, tenders=tenders, by=cashier)
    assert payment.balance_after == 0
    assert payment.rounding == 0
    assert not payment.changes.exists()
    assert {(row.method, row.currency): row.amount for row in collections(since=today())} == {
        ("cash", "USD"): Decimal(10),
        ("cash", "KHR"): Decimal(41_000),
        ("card", "USD"): Decimal(5),
        ("khqr", "KHR"): Decimal(20_500),
    }


def test_a_bill_may_be_paid_in_parts(shift, cashier):
    invoice = make.invoice(("30.00", "USD"))
    first = take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, first.balance_after) == ("partly_paid", Decimal(20))
    assert not visit_is_settled(invoice.visit)
    take_payment(invoice=invoice, tenders=[khr(82_000)], by=cashier)
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert visit_is_settled(invoice.visit)


def test_the_rate_of_the_invoice_counts_not_the_newest(shift, cashier):
    invoice = make.invoice(("10.00", "USD"))
    make.rate(4000)
    payment = take_payment(invoice=invoice, tenders=[khr(41_000)], by=cashier)
    assert (payment.balance_after, payment.rate) == (Decimal(0), Decimal(4100))


def test_change_can_be_asked_for_in_riel_alone(shift, cashier):
    payment = take_payment(invoice=make.invoice(("8.00", "USD")), tenders=[usd(10)], change_in="KHR", by=cashier)
    assert [(change.currency, change.amount) for change in payment.changes.all()] == [("KHR", Decimal(8200))]


def test_a_paid_invoice_gives_the_family_a_point_for_each_dollar(shift, cashier):
    invoice = make.invoice(("20.00", "USD"), ("41000", "KHR"))
    first = take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    last = take_payment(invoice=invoice, tenders=[usd(20)], by=cashier)
    assert (first.points, last.points, last.points_balance) == (None, Decimal(30), Decimal(30))


@pytest.fixture
def settled(samaki):
    """Ids of the visits that were announced as settled."""
    heard = []

    def listen(**ids):
        heard.append(ids)

    events.subscribe("billing.visit_settled")(listen)
    yield heard
    del events._subscribers["billing.visit_settled"][f"{listen.__module__}.{listen.__qualname__}"]


def test_a_settled_visit_is_announced_by_its_id_only(shift, cashier, settled, after_commit):
    invoice = make.invoice()
    with after_commit():
        take_payment(invoice=invoice, tenders=[usd(4)], by=cashier)
    assert not settled
    with after_commit():
        take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    assert settled == [{"visit_id": str(invoice.visit_id)}]


def test_receipts_are_numbered_without_gaps(shift, cashier):
    numbers = [take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier).number for _ in range(3)]
    assert [number[-6:] for number in numbers] == ["000001", "000002", "000003"]


def test_the_first_print_is_the_original_and_later_ones_are_copies(shift, cashier):
    payment = take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    prints = [record_print(ReceiptPrint, payment, paper="80mm", language="km", by=cashier) for _ in range(3)]
    assert [one.is_copy for one in prints] == [False, True, True]


# --- Refusals ---


def untouched(invoice: Invoice) -> bool:
    invoice.refresh_from_db()
    return not invoice.paid and not Payment.objects.exists() and not Entry.objects.filter(kind="payment").exists()


@pytest.mark.parametrize(
    ("tenders", "error"),
    [
        ([], TenderEmpty),
        ([usd(-1)], TenderInvalid),
        ([usd(0)], TenderInvalid),
        ([Paid("cash", "EUR", Decimal(5))], TenderInvalid),
        ([Paid("cheque", "USD", Decimal(5))], TenderInvalid),
        ([usd("0.001", "card")], TenderInvalid),
        ([khr("100.5", "khqr")], TenderInvalid),
        ([usd("5.50")], TenderNotNotes),
        ([khr(4150)], TenderNotNotes),
        ([usd(11, "card")], TenderBeyondDue),
        ([usd(5), khr(45_000, "bank")], TenderBeyondDue),
    ],
)
def test_a_wrong_tender_is_refused_and_nothing_moves(shift, cashier, tenders, error):
    invoice = make.invoice()
    with pytest.raises(error):
        take_payment(invoice=invoice, tenders=tenders, by=cashier)
    assert untouched(invoice)


def test_money_is_taken_in_an_open_shift_only(samaki, cashier):
    make.rate()
    invoice = make.invoice()
    with pytest.raises(ShiftMissing):
        take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    assert untouched(invoice)


def test_a_shift_being_counted_takes_no_more_money(shift, cashier):
    invoice = make.invoice()
    count_shift(shift=shift, counts=make.FLOAT, by=cashier)
    with pytest.raises(ShiftMissing):
        take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)


def test_a_draft_and_a_paid_invoice_take_no_money(shift, cashier):
    from billing.services.invoices import draft_invoice

    draft = draft_invoice(visit=make.charge().visit, by=cashier)
    paid = make.invoice()
    take_payment(invoice=paid, tenders=[usd(10)], by=cashier)
    for invoice in (draft, paid):
        with pytest.raises(InvoiceNotOwing):
            take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)


def test_a_second_window_that_shows_an_old_balance_is_refused(shift, cashier):
    invoice = make.invoice(("30.00", "USD"))
    take_payment(invoice=invoice, tenders=[usd(10)], due_seen=Decimal(30), by=cashier)
    with pytest.raises(InvoiceChanged):
        take_payment(invoice=invoice, tenders=[usd(10)], due_seen=Decimal(30), by=cashier)


def test_the_same_request_is_recorded_once(shift, cashier):
    invoice, key = make.invoice(("30.00", "USD")), new_id()
    first = take_payment(invoice=invoice, tenders=[usd(10)], key=key, by=cashier)
    assert take_payment(invoice=invoice, tenders=[usd(10)], key=key, by=cashier) == first
    assert Payment.objects.count() == 1


# --- What the database refuses ---


@pytest.mark.parametrize("table", ["posting", "entry", "payment", "tender", "change", "exchangerate", "cashcount"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET created_at = created_at", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_raw_sql_cannot_rewrite_the_ledger(shift, cashier, table, verb):
    take_payment(invoice=make.invoice(("12.34", "USD")), tenders=[usd(20)], by=cashier)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(f"billing_{table}"))


def commit(write) -> None:
    """Write, and let the deferred constraints speak as they do at a commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        write()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def same(row, **changes):
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return type(row)(**{**facts, "id": new_id(), **changes})


def test_an_entry_that_does_not_balance_cannot_be_committed(shift, cashier):
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    one_more = same(Posting.objects.first())
    with pytest.raises(IntegrityError):
        commit(lambda: Posting.objects.bulk_create([one_more]))


def test_an_entry_without_sides_cannot_be_committed(shift, cashier):
    take_payment(invoice=make.invoice(), tenders=[usd(10)], by=cashier)
    hollow = same(Entry.objects.get(kind="payment"), source_id=new_id())
    with pytest.raises(IntegrityError):
        commit(lambda: Entry.objects.bulk_create([hollow]))


def test_a_payment_that_the_invoice_does_not_know_cannot_be_committed(shift, cashier):
    payment = take_payment(invoice=make.invoice(("30.00", "USD")), tenders=[usd(10)], by=cashier)
    unknown = same(payment, key=new_id(), number="X-1")
    with pytest.raises(IntegrityError):
        commit(lambda: Payment.objects.bulk_create([unknown]))


def test_a_payment_in_somebody_elses_shift_is_refused_by_the_database(shift, cashier, cashier2):
    payment = take_payment(invoice=make.invoice(("30.00", "USD")), tenders=[usd(10)], by=cashier)
    foreign = same(payment, key=new_id(), number="X-1", cashier_id=cashier2.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.bulk_create([foreign])


def test_an_invoice_cannot_be_marked_as_paid_by_hand(shift):
    invoice = Invoice.objects.filter(pk=make.invoice().pk)
    with pytest.raises(IntegrityError):
        commit(lambda: invoice.update(paid=Decimal(10), status="paid", paid_at=now()))


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_of_fifty_payments_of_one_invoice_exactly_one_wins(samaki, cashier, race):
    make.rate()
    shift = make.shift(cashier)
    invoice = make.invoice(("12.34", "USD"))
    outcome = race(lambda: take_payment(invoice=invoice, tenders=[usd(20)], by=cashier), times=50)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {InvoiceNotOwing}
    assert Payment.objects.count() == 1
    assert shift_expectation(shift) == {"USD": Decimal(113), "KHR": Decimal(157_300)}
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_a_request_sent_twenty_times_at_once_is_one_payment_with_one_answer(samaki, cashier, race):
    make.rate()
    make.shift(cashier)
    invoice, key = make.invoice(("30.00", "USD")), new_id()
    outcome = race(lambda: take_payment(invoice=invoice, tenders=[usd(10)], key=key, by=cashier), times=20)
    assert not outcome.errors
    assert {payment.pk for payment in outcome.results} == {Payment.objects.get().pk}


@pytest.mark.usefixtures("committed_db")
def test_two_cashiers_taking_parts_never_take_more_than_is_due(samaki, cashier, cashier2, race):
    make.rate()
    make.shift(cashier, code="D1")
    make.shift(cashier2, code="D2")
    invoice = make.invoice(("30.00", "USD"))
    pay = [lambda by=by: take_payment(invoice=invoice, tenders=[usd(10)], by=by) for by in (cashier, cashier2) * 5]
    outcome = race(*pay)
    assert len(outcome.results) == 3
    assert {type(error) for error in outcome.errors} == {InvoiceNotOwing}
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid) == ("paid", Decimal(30))
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_counting_a_shift_against_payments_leaves_no_note_uncounted(samaki, cashier, race):
    make.rate()
    shift = make.shift(cashier)
    invoices = iter([make.invoice() for _ in range(12)])
    pay = [lambda: take_payment(invoice=next(invoices), tenders=[usd(10)], by=cashier)] * 12
    outcome = race(*pay, lambda: count_shift(shift=shift, counts=make.FLOAT, by=cashier))
    assert {type(error) for error in outcome.errors} <= {ShiftMissing, ShiftNotOpen}
    taken = Decimal(10) * Payment.objects.count()
    assert shift.totals.get(currency="USD").expected == Decimal(100) + taken
    assert not ledger_disagreements()
