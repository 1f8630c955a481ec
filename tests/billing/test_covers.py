"""Invoices somebody else pays a part of: shares, limits, the ledger, voids, credits, and what a payer refuses."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import InvoiceClaimed, PayerOwesLess
from billing.models import EntryKind, Invoice, PayerShare, Posting
from billing.queries.comparing import ledger_disagreements
from billing.services.covers_of_visits import choose_coverage
from billing.services.credits import approve_credit, request_credit
from billing.services.drafts import draft_invoice
from billing.services.estimates import estimate
from billing.services.invoices import issue_invoice, override_discount, void_invoice
from billing.services.payers import pass_to_patient, receive_from_payer, set_claimed, write_off_payer
from billing.services.payments import take_payment
from billing.services.promotions import save_promotion
from core.clock import today
from core.ids import new_id
from core.money import Money
from insurance.errors import CaseRateMissing, CoverageInUse, CoverageNotValid, CoverageOfAnother
from insurance.models import CoverageYear
from patients.services.visits import close_visit
from tests.factories import billing as make
from tests.factories import insurance as insure
from tests.factories.billing import usd
from tests.factories.queueing import make_patient


@pytest.fixture
def shift(samaki, cashier):
    make.rate(4100)
    return make.shift(cashier)


def posted(invoice, account):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account)
    return sum(rows.values_list("amount", flat=True), D(0))


def covered(*amounts, by, terms=None, card=None, visit=None):
    """An issued invoice of a visit billed to a coverage."""
    visit = visit or make.new_visit()
    insure.cover(visit, terms, card=card)
    return make.invoice(*amounts, visit=visit, by=by)


# --- Shares on the invoice and in the ledger ---


def test_patient_and_payer_owe_their_parts_and_revenue_is_booked_whole(shift, cashier):
    terms = insure.contract(copay_rate="0.2", deductible=5)
    invoice = covered(("30.00", "USD"), ("20.00", "USD"), by=cashier, terms=terms)
    first, second = invoice.lines.all()
    assert (first.covered, first.net, second.covered, second.net) == (D(20), D(10), D(16), D(4))
    assert first.cover == {
        "of": "30.00", "rule": "contract", "deductible": "5.00", "percent": "5.00", "rate": "0.2000",
        "covered": "20.00",
    }  # fmt: skip
    assert (invoice.subtotal, invoice.covered, invoice.total) == (D(50), D(36), D(14))
    assert posted(invoice, "receivable") == D(14)
    assert posted(invoice, "receivable.payers") == D(36)
    assert posted(invoice, "revenue.consultation") == D(-50)
    year = CoverageYear.objects.get()
    assert (year.used, year.deductible_used) == (D(36), D(5))
    assert not ledger_disagreements()


def test_what_nobody_else_pays_is_asked_of_nobody(shift, cashier):
    charge = make.charge("10.00")
    with CaptureQueriesContext(connection) as statements:
        draft_invoice(visit=charge.visit, by=cashier)
    assert not [one for one in statements if 'FROM "insurance_' in one["sql"]]


def test_what_is_issued_before_seven_is_of_the_hospitals_day(clock, shift, cashier):
    clock.advance(hours=15)  # two in the morning here, the evening before in UTC
    assert covered(("10.00", "USD"), by=cashier).payer_share.issued_on == date(2026, 3, 4)


def test_an_invoice_a_payer_pays_whole_owes_nothing(shift, cashier):
    invoice = covered(("10.00", "USD"), by=cashier)
    assert (invoice.status, invoice.total, invoice.payer_share.due) == ("paid", 0, D(10))


def test_a_scheme_pays_one_fee_for_the_case_once(shift, cashier):
    rate = insure.scheme("NSSF", "OPD")  # 6,000 riel
    visit = make.new_visit()
    insure.cover(visit, card=insure.coverage(visit.patient, rate.contract), case_rate=rate)
    invoice = make.invoice(("20000", "KHR"), ("5000", "KHR"), visit=visit, by=cashier)
    assert (invoice.payer, invoice.total, invoice.covered, invoice.scheme_difference) == ("nssf", 0, 25_000, 19_000)
    assert (posted(invoice, "receivable.payers"), posted(invoice, "scheme_difference")) == (6_000, 19_000)
    later = make.invoice(("3000", "KHR"), visit=visit, by=cashier)
    assert (later.total, later.payer_share.due, posted(later, "scheme_difference")) == (0, 0, 3_000)
    assert not ledger_disagreements()


def test_a_fee_above_the_bill_is_a_gain(shift, cashier):
    rate = insure.scheme("HEF_Poor", "DELIVERY")  # 80,000 riel
    visit = make.new_visit()
    insure.cover(visit, card=insure.coverage(visit.patient, rate.contract), case_rate=rate)
    invoice = make.invoice(("10.00", "USD"), visit=visit, by=cashier)
    assert (invoice.payer_share.due, invoice.scheme_difference) == (D("19.51"), D("-9.51"))
    assert not ledger_disagreements()


def test_the_estimate_says_before_what_the_invoice_says_after(shift, cashier):
    visit = make.new_visit()
    insure.cover(visit, insure.contract(copay_rate="0.3", deductible=3, year_cap=20))
    for amount in ("12.34", "20.00"):
        make.charge(amount, visit=visit)
    before = estimate(visit)
    invoice = issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    assert (before.covered.amount, before.net.amount) == (invoice.covered, invoice.total)
    assert [line.covered.amount for line in before.lines] == [line.covered for line in invoice.lines.all()]
    assert CoverageYear.objects.get().used == D(20)


def test_the_estimate_counts_promotions_grants_and_exemptions_as_the_invoice_will(shift, cashier, owner):
    facts = {"version": 0, "names": {"en": "New year"}, "by": owner}
    terms = {"code": "NY", "rate": D("0.25"), "valid_from": today(), "is_automatic": True, "categories": ["laboratory"]}
    save_promotion(promotion=None, terms=terms, **facts)
    visit = make.new_visit()
    insure.cover(visit, insure.contract(copay_rate="0.5"))
    make.charge("10.00", visit=visit)
    make.charge("8.00", visit=visit, category="laboratory")
    assert [line.discount.amount for line in estimate(visit).lines] == [0, D(2)]
    draft = draft_invoice(visit=visit, by=cashier)
    assert (estimate(visit).covered.amount, estimate(visit).net.amount) == (draft.covered, draft.total) == (D(8), D(8))
    draft = override_discount(invoice=draft, rate=D("0.5"), reason="-", by=owner)
    assert (estimate(visit).covered.amount, estimate(visit).net.amount) == (draft.covered, draft.total)
    assert draft.discount == D(9)


# --- The coverage of a visit ---


def test_a_visit_is_billed_to_a_valid_card_of_its_own_patient(shift, cashier):
    visit, rate = make.new_visit(), insure.scheme()
    with pytest.raises(CoverageOfAnother):
        insure.cover(visit, card=insure.coverage(make.new_visit().patient))
    with pytest.raises(CoverageNotValid):
        insure.cover(visit, card=insure.coverage(visit.patient, valid_to=visit.date.replace(month=1, day=1)))
    with pytest.raises(CaseRateMissing):
        insure.cover(visit, card=insure.coverage(visit.patient, rate.contract))


def test_choosing_a_coverage_works_the_draft_out_anew_until_it_is_issued(shift, cashier):
    charge = make.charge("10.00")
    visit, draft = charge.visit, draft_invoice(visit=charge.visit, by=cashier)
    choose_coverage(visit=visit, coverage=insure.coverage(visit.patient, insure.contract(copay_rate="0.1")), by=cashier)
    draft.refresh_from_db()
    assert (draft.payer, draft.total, draft.covered) == ("insurance", D(1), D(9))
    choose_coverage(visit=visit, coverage=None, by=cashier)
    draft.refresh_from_db()
    assert (draft.payer, draft.total, draft.covered, draft.coverage) == ("self", D(10), 0, None)
    card = insure.coverage(visit.patient)
    choose_coverage(visit=visit, coverage=card, by=cashier)
    issue_invoice(invoice=draft, by=cashier)
    with pytest.raises(CoverageInUse):
        choose_coverage(visit=visit, coverage=None, by=cashier)


# --- Void and credit ---


def test_a_void_gives_the_limits_back_and_the_payer_owes_nothing(shift, cashier, owner):
    terms = insure.contract(copay_rate="0.5", deductible=2, year_cap=100)
    invoice = covered(("22.00", "USD"), by=cashier, terms=terms)
    void_invoice(invoice=invoice, reason="wrong patient", by=owner)
    year = CoverageYear.objects.get()
    assert (year.used, year.deductible_used, posted(invoice, "receivable.payers")) == (0, 0, 0)
    assert not ledger_disagreements()


def test_a_credit_takes_both_parts_back_in_proportion(shift, cashier, accountant):
    invoice = covered(("30.00", "USD"), by=cashier, terms=insure.contract(copay_rate="0.2"))
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    line = invoice.lines.get()
    for amount in ("10.00", "20.00"):
        note = request_credit(invoice=invoice, amounts={line.pk: D(amount)}, reason="not done", by=cashier)
        note = approve_credit(note=note, by=accountant)
    assert (note.amount, note.covered, note.to_refund) == (D(4), D(16), D(4))
    invoice.refresh_from_db()
    assert (posted(invoice, "receivable.payers"), invoice.payer_share.open_amount) == (0, 0)
    assert posted(invoice, "revenue.consultation") == 0
    assert CoverageYear.objects.get().used == 0
    assert not ledger_disagreements()


def test_a_case_taken_back_is_not_owed_by_the_scheme(shift, cashier, accountant):
    rate = insure.scheme()
    visit = make.new_visit()
    insure.cover(visit, card=insure.coverage(visit.patient, rate.contract), case_rate=rate)
    invoice = make.invoice(("20000", "KHR"), visit=visit, by=cashier)
    note = request_credit(
        invoice=invoice, amounts={invoice.lines.get().pk: D(20_000)}, reason="did not come", by=cashier
    )
    approve_credit(note=note, by=accountant)
    assert (posted(invoice, "receivable.payers"), posted(invoice, "scheme_difference")) == (0, 0)
    assert not ledger_disagreements()


def test_an_invoice_on_a_claim_is_neither_voided_nor_credited(shift, cashier, owner):
    invoice = covered(("30.00", "USD"), by=cashier, terms=insure.contract(copay_rate="0.2"))
    set_claimed(invoice=invoice, claimed=True)
    with pytest.raises(InvoiceClaimed):
        void_invoice(invoice=invoice, reason="wrong", by=owner)
    with pytest.raises(InvoiceClaimed):
        set_claimed(invoice=invoice, claimed=True)
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    with pytest.raises(InvoiceClaimed):
        request_credit(invoice=invoice, amounts={invoice.lines.get().pk: D(1)}, reason="x", by=cashier)


# --- What the payer pays and refuses ---


def test_a_payer_pays_passes_on_and_is_let_off(shift, cashier, accountant):
    invoice = covered(("30.00", "USD"), by=cashier, terms=insure.contract(copay_rate="0.2"))
    take_payment(invoice=invoice, tenders=[usd(6)], by=cashier)
    receive_from_payer(
        invoice=invoice, amount=D(10), received=Money(D(41_000), "KHR"), source_id=new_id(), by=accountant
    )
    pass_to_patient(invoice=invoice, amount=D(9), source_id=new_id(), by=accountant)
    write_off_payer(invoice=invoice, amount=D(5), source_id=new_id(), by=accountant)
    with pytest.raises(PayerOwesLess):
        write_off_payer(invoice=invoice, amount=D("0.01"), source_id=new_id(), by=accountant)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance, invoice.payer_share.open_amount) == ("partly_paid", D(9), 0)
    take_payment(invoice=invoice, tenders=[usd(9)], by=cashier)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance, invoice.paid) == ("paid", 0, D(15))
    assert posted(invoice, "payer_loss") == D(5)
    assert not ledger_disagreements()


def test_the_same_remittance_is_booked_once(shift, cashier, accountant):
    invoice, source = covered(("30.00", "USD"), by=cashier), new_id()
    receive_from_payer(invoice=invoice, amount=D(10), received=Money(D(10), "USD"), source_id=source, by=accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        receive_from_payer(invoice=invoice, amount=D(10), received=Money(D(10), "USD"), source_id=source, by=accountant)
    assert PayerShare.objects.get().paid == D(10)
    assert invoice.entries.filter(kind=EntryKind.PAYER_PAYMENT).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_payershare SET due = due + 1",
        "UPDATE billing_payershare SET paid = due + 1",
        "UPDATE billing_payershare SET transferred = transferred + 1",
        "UPDATE billing_payershare SET paid = 0",
        "DELETE FROM billing_payershare",
        "UPDATE billing_invoice SET transferred = transferred + 1",
        "UPDATE billing_invoice SET covered = 0, total = total + covered",
        "UPDATE insurance_coverageyear SET used = used - 1",
        "UPDATE insurance_coverageyear SET used = 101",
    ],
)
def test_raw_sql_changes_nothing_of_it(shift, cashier, accountant, statement):
    invoice = covered(("30.00", "USD"), by=cashier, terms=insure.contract(copay_rate="0.2", year_cap=100))
    receive_from_payer(invoice=invoice, amount=D(10), received=Money(D(10), "USD"), source_id=new_id(), by=accountant)
    connection.check_constraints()
    with pytest.raises(DatabaseError):
        run_to_the_end(statement)


def run_to_the_end(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


# --- Races ---


@pytest.mark.usefixtures("committed_db")
def test_parallel_invoices_never_pass_the_limit_of_a_year(samaki, cashier, race):
    make.rate(4100)
    terms = insure.contract(year_cap=25, deductible=4)
    patient = make_patient(by=cashier)
    card = insure.coverage(patient, terms)
    drafts = []
    for _ in range(6):
        visit = make.new_visit(patient=patient)
        insure.cover(visit, card=card)
        make.charge("10.00", visit=visit)
        drafts.append(draft_invoice(visit=visit, by=cashier))
        close_visit(visit=visit, by=cashier)  # one open visit a department and day
    outcome = race(*[lambda one=draft: issue_invoice(invoice=one, by=cashier) for draft in drafts])
    assert not outcome.errors
    year = CoverageYear.objects.get()
    assert (year.used, year.deductible_used) == (D(25), D(4))
    assert sum(Invoice.objects.values_list("covered", flat=True)) == D(25)
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_what_a_payer_owes_goes_one_way_only(samaki, cashier, accountant, race):
    make.rate(4100)
    invoice = covered(("30.00", "USD"), by=cashier)
    acts = [
        lambda: receive_from_payer(
            invoice=invoice, amount=D(20), received=Money(D(20), "USD"), source_id=new_id(), by=accountant
        ),
        lambda: pass_to_patient(invoice=invoice, amount=D(20), source_id=new_id(), by=accountant),
        lambda: write_off_payer(invoice=invoice, amount=D(20), source_id=new_id(), by=accountant),
    ]
    outcome = race(*acts * 3)
    assert (len(outcome.results), {type(error) for error in outcome.errors}) == (1, {PayerOwesLess})
    assert not ledger_disagreements()


# --- Random terms ---


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.decimals("0.05", 90, places=2), min_size=1, max_size=3),
    rate=st.decimals(0, 1, places=2),
    deductible=st.decimals(0, 40, places=2),
    cap=st.none() | st.decimals(0, 60, places=2),
    shares=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 100)), max_size=4),
)
def test_whatever_the_terms_the_books_agree(samaki, cashier, accountant, prices, rate, deductible, cap, shares):
    with transaction.atomic():
        make.rate(4100)
        make.shift(cashier)
        terms = insure.contract(copay_rate=str(rate), deductible=str(deductible), year_cap=cap and str(cap))
        invoice = covered(*[(str(price), "USD") for price in prices], by=cashier, terms=terms)
        if invoice.total:
            take_payment(invoice=invoice, tenders=[usd(invoice.total, "card")], by=cashier)
        lines = list(invoice.lines.all())
        for position, percent in shares:
            line = lines[position % len(lines)]
            done = sum((one.net + one.covered for one in line.credits.all()), D(0))
            amount = ((line.worth - done) * percent / 100).quantize(D("0.01"))
            if amount:
                note = request_credit(invoice=invoice, amounts={line.pk: amount}, reason="x", by=cashier)
                approve_credit(note=note, by=accountant)
        connection.check_constraints()
        assert not ledger_disagreements()
        transaction.set_rollback(True)
