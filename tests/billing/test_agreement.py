"""Whatever happens at the desk, the books agree; when they do not, the check names the entry."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import TenderBeyondDue, TenderInvalid
from billing.models import EntryKind, Payment, Posting
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import collections, shift_expectation, trial_balance
from billing.services import journal
from billing.services.journal import Side
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from core.clock import today
from core.ids import new_id
from core.money import Currency
from tests.factories import billing as make
from tests.factories.billing import khr, usd

prices = st.lists(
    st.one_of(
        st.tuples(st.decimals("0.01", 300, places=2).map(str), st.just("USD")),
        st.tuples(st.integers(100, 900_000).map(str), st.just("KHR")),
    ),
    min_size=1,
    max_size=4,
)
parts = st.one_of(
    st.integers(1, 400).map(usd),
    st.integers(1, 9_000).map(lambda steps: khr(steps * 100)),
    st.decimals("0.01", 200, places=2).map(lambda amount: usd(str(amount), "card")),
    st.integers(1, 500_000).map(lambda amount: khr(amount, "khqr")),
)
tenders = st.lists(st.lists(parts, min_size=1, max_size=3), min_size=1, max_size=3)
days = st.lists(
    st.tuples(prices, tenders, st.integers(3_800, 4_300), st.sampled_from(["USD", "KHR", None])), min_size=1, max_size=3
)


def serve(cashier, amounts, attempts, riel, change_in) -> None:
    """One patient: the bill, and whatever is tendered until it is paid."""
    make.rate(riel)
    invoice = make.invoice(*amounts, by=cashier)
    for tender in attempts:
        invoice.refresh_from_db()
        if not invoice.is_owing:
            return
        try:
            take_payment(invoice=invoice, tenders=tender, change_in=change_in, by=cashier)
        except (TenderBeyondDue, TenderInvalid):
            continue


def drawer_by_hand(shift) -> dict[str, Decimal]:
    """Float and notes in, change out, added up from the receipts alone."""
    sums = {total.currency: total.opening for total in shift.totals.all()}
    for payment in Payment.objects.filter(shift=shift):
        for tender in payment.tenders.filter(method="cash"):
            sums[tender.currency] += tender.amount
        for change in payment.changes.all():
            sums[change.currency] -= change.amount
    return sums


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=days)
def test_any_day_at_the_desk_agrees_to_the_riel(samaki, cashier, day):
    with transaction.atomic():
        live_through(day, cashier)
        transaction.set_rollback(True)  # the next example begins with empty books


def live_through(day, cashier) -> None:
    shift = make.shift(cashier)
    for patient in day:
        serve(cashier, *patient)
    assert not ledger_disagreements()
    assert shift_expectation(shift) == drawer_by_hand(shift)
    for currency in Currency.values:
        assert sum(row.sum for row in trial_balance() if row.currency == currency) == 0
    for payment in Payment.objects.select_related("invoice"):
        assert abs(payment.rounding) <= 100
        assert payment.invoice.paid <= payment.invoice.total
        assert rounding_posted(payment) == -payment.rounding
    count_shift(shift=shift, counts={}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "not counted", "KHR": "not counted"}, by=cashier)
    assert not ledger_disagreements()


def rounding_posted(payment) -> Decimal:
    return sum(Posting.objects.filter(entry__payment=payment, account__key="rounding").values_list("amount", flat=True))


@pytest.fixture
def paid(samaki, cashier):
    make.rate()
    make.shift(cashier)
    return take_payment(invoice=make.invoice(("30.00", "USD")), tenders=[usd(20)], by=cashier)


def test_a_debt_that_differs_from_its_invoice_is_named_with_its_entry(paid, cashier):
    wrong = journal.post(
        kind=EntryKind.INVOICE_VOIDED,
        source_id=new_id(),
        sides=[Side("receivable", "USD", Decimal(-3)), Side("safe", "USD", Decimal(3))],
        branch_id=paid.invoice.branch_id,
        invoice=paid.invoice,
        by=cashier,
    )
    found, of_branch = ledger_disagreements()
    assert (found.label, found.record, found.entry_id) == ("What invoices owe", paid.invoice.number, wrong.pk)
    assert (of_branch.label, of_branch.record) == ("What patients owe, by branch", paid.invoice.branch.code)
    assert (found.ledger, found.elsewhere) == (Decimal(7), Decimal(10))


def test_a_receipt_that_differs_from_its_tenders_is_named_with_its_entry(paid, cashier):
    wrong = journal.post(
        kind=EntryKind.SHIFT_CLOSED,
        source_id=new_id(),
        sides=[Side("card", "USD", Decimal(5)), Side("safe", "USD", Decimal(-5))],
        branch_id=paid.invoice.branch_id,
        payment=paid,
        by=cashier,
    )
    (found,) = ledger_disagreements()
    assert (found.label, found.record, found.entry_id) == ("What receipts brought in", paid.number, wrong.pk)


def test_an_entry_that_does_not_balance_is_refused_before_it_is_written(paid, cashier):
    from billing.errors import EntryUnbalanced

    sides = [Side("safe", "USD", Decimal(5)), Side("card", "KHR", Decimal(-5))]
    with pytest.raises(EntryUnbalanced):
        journal.post(
            kind=EntryKind.PAYMENT, source_id=new_id(), sides=sides, branch_id=paid.invoice.branch_id, by=cashier
        )


def test_collections_are_counted_by_day_branch_and_method(paid, cashier):
    take_payment(invoice=make.invoice(("5.00", "USD")), tenders=[usd(5, "card")], by=cashier)
    found = {(row.method, row.currency): row.amount for row in collections(since=today(), until=today())}
    assert found == {("cash", "USD"): Decimal(20), ("card", "USD"): Decimal(5)}
    assert collections(since=today(), branch=new_id()) == []
