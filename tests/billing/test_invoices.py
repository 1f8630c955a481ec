"""From draft to issued: rate, prices, discount and number are frozen; drafts follow what happens."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from billing.errors import (
    ChargeElsewhere,
    DiscountInvalid,
    InvoiceEmpty,
    InvoiceNotDraft,
    InvoicePaidAlready,
    RateMissing,
    ReasonMissing,
)
from billing.models import Entry, Invoice, InvoiceLine
from billing.queries import visit_is_settled
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import trial_balance
from billing.services.invoices import (
    add_charge,
    clear_override,
    draft_invoice,
    issue_invoice,
    override_discount,
    remove_charge,
    void_invoice,
)
from billing.services.payments import take_payment
from core.clock import now, today
from core.errors import RecordChanged
from crm.services.points import credit_points
from tests.factories import billing as make


@pytest.fixture
def rate(samaki):
    return make.rate()


def balances() -> dict[tuple[str, str], Decimal]:
    return {(row.account.key, row.currency): row.sum for row in trial_balance()}


def test_a_draft_gathers_every_pending_charge_of_the_visit(rate, cashier):
    visit = make.new_visit()
    make.charge("10.00", visit=visit)
    make.charge("2.34", visit=visit)
    make.charge("99.00")
    draft = draft_invoice(visit=visit, by=cashier)
    assert (draft.total, draft.status, draft.number) == (Decimal("12.34"), "draft", None)
    make.charge("1.00", visit=visit)
    again = draft_invoice(visit=visit, by=cashier)
    assert (again.pk, again.total) == (draft.pk, Decimal("13.34"))


def test_there_is_nothing_to_draft_without_a_charge(rate, cashier):
    with pytest.raises(InvoiceEmpty):
        draft_invoice(visit=make.new_visit(), by=cashier)


def test_prices_in_two_currencies_come_to_one_total_in_dollars(rate, cashier):
    visit = make.new_visit()
    make.charge("10.00", "USD", visit=visit)
    make.charge("10000", "KHR", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    assert (draft.currency, draft.total) == ("USD", Decimal("12.44"))


def test_prices_in_riel_alone_stay_in_riel(rate, cashier):
    visit = make.new_visit()
    make.charge("10000", "KHR", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    assert (draft.currency, draft.total) == ("KHR", Decimal(10_000))


def test_without_a_rate_nothing_can_be_invoiced(samaki, cashier):
    charge = make.charge()
    with pytest.raises(RateMissing):
        draft_invoice(visit=charge.visit, by=cashier)


def test_issuing_freezes_the_rate_and_gives_the_next_number_of_branch_and_year(rate, cashier):
    first, second = make.invoice(), make.invoice()
    make.rate(4000)
    first.refresh_from_db()
    prefix = f"{first.branch.code}-{today().year}-"
    assert (first.number, second.number) == (f"{prefix}000001", f"{prefix}000002")
    assert first.rate == Decimal(4100)
    assert make.invoice().rate == Decimal(4000)


def test_issuing_books_the_debt_and_the_revenue(rate, cashier):
    make.invoice(("10.00", "USD"))
    assert balances() == {
        ("receivable", "USD"): Decimal(10),
        ("revenue.consultation", "USD"): Decimal(-10),
    }


def test_a_draft_that_changed_since_it_was_seen_is_not_issued(rate, cashier):
    visit = make.new_visit()
    make.charge(visit=visit)
    seen = draft_invoice(visit=visit, by=cashier)
    make.charge(visit=visit)
    draft_invoice(visit=visit, by=cashier)
    with pytest.raises(RecordChanged):
        issue_invoice(invoice=seen, by=cashier, version=seen.version)


def test_an_issued_invoice_is_issued_once_and_takes_no_more_charges(rate, cashier):
    invoice = make.invoice()
    late = make.charge(visit=invoice.visit)
    with pytest.raises(InvoiceNotDraft):
        issue_invoice(invoice=invoice, by=cashier)
    with pytest.raises(InvoiceNotDraft):
        add_charge(invoice=invoice, charge=late, by=cashier)
    with pytest.raises(InvoiceNotDraft):
        remove_charge(invoice=invoice, charge=invoice.lines.get().charge, by=cashier)


def test_a_charge_left_off_stays_pending_and_can_be_put_on_again(rate, cashier):
    visit = make.new_visit()
    charge = make.charge("10.00", visit=visit)
    make.charge("5.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    assert remove_charge(invoice=draft, charge=charge, by=cashier).total == Decimal(5)
    assert add_charge(invoice=draft, charge=charge, by=cashier).total == Decimal(15)


def test_an_interim_bill_is_issued_and_paid_while_the_visit_goes_on(rate, cashier):
    """Each bill takes what was done since the last one; the visit is settled when the last is paid."""
    make.shift(cashier)
    visit = make.new_visit()
    make.charge("10.00", visit=visit)
    interim = issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    take_payment(invoice=interim, tenders=[make.usd(10)], by=cashier)
    assert visit_is_settled(visit)
    make.charge("3.00", visit=visit)
    assert not visit_is_settled(visit)
    last = issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    assert (interim.total, last.total) == (Decimal(10), Decimal(3))
    assert int(last.number[-6:]) == int(interim.number[-6:]) + 1
    take_payment(invoice=last, tenders=[make.usd(3)], by=cashier)
    assert visit_is_settled(visit)
    assert ledger_disagreements() == []


def test_a_charge_of_another_visit_is_refused(rate, cashier):
    visit = make.new_visit()
    make.charge(visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    with pytest.raises(ChargeElsewhere):
        add_charge(invoice=draft, charge=make.charge(), by=cashier)


def test_an_empty_draft_is_not_issued(rate, cashier):
    charge = make.charge()
    draft = draft_invoice(visit=charge.visit, by=cashier)
    remove_charge(invoice=draft, charge=charge, by=cashier)
    with pytest.raises(InvoiceEmpty):
        issue_invoice(invoice=draft, by=cashier)


def test_an_invoice_over_nothing_is_paid_at_once(rate, cashier):
    visit = make.new_visit()
    make.charge("0.00", visit=visit)
    invoice = issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    assert invoice.status == "paid"
    assert visit_is_settled(visit)


# --- Discounts  ---


def silver_visit(by):
    visit = make.new_visit()
    credit_points(family=visit.patient.family, amount_usd=Decimal(1500), source_kind="test", source_id=visit.pk, by=by)
    return visit


def test_the_familys_tier_is_taken_off_and_shared_over_the_lines(rate, cashier):
    visit = silver_visit(cashier)
    make.charge("10.00", visit=visit)
    make.charge("0.33", visit=visit)
    invoice = issue_invoice(invoice=draft_invoice(visit=visit, by=cashier), by=cashier)
    assert (invoice.discount_source, invoice.discount_rate) == ("tier", Decimal("0.05"))
    assert (invoice.subtotal, invoice.discount, invoice.total) == (Decimal("10.33"), Decimal("0.52"), Decimal("9.81"))
    assert sum(line.net for line in invoice.lines.all()) == invoice.total
    assert balances()["discount", "USD"] == Decimal("0.52")
    with translation.override("km"):
        assert invoice.discount_label


def test_management_may_grant_another_discount_with_a_reason(rate, cashier, owner):
    visit = silver_visit(cashier)
    make.charge("10.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    granted = override_discount(invoice=draft, rate=Decimal("0.5"), reason="staff family", by=owner)
    assert (granted.total, granted.discount_source, granted.discount_by) == (Decimal(5), "override", owner)
    assert issue_invoice(invoice=granted, by=cashier).total == Decimal(5)


def test_the_familys_own_discount_can_be_restored(rate, cashier, owner):
    visit = silver_visit(cashier)
    make.charge("10.00", visit=visit)
    draft = draft_invoice(visit=visit, by=cashier)
    override_discount(invoice=draft, rate=Decimal(0), reason="tier abused", by=owner)
    assert clear_override(invoice=draft, by=owner).discount_source == "tier"


@pytest.mark.parametrize("share", [Decimal("-0.01"), Decimal("1.01")])
def test_a_discount_is_between_nothing_and_everything(rate, cashier, owner, share):
    draft = draft_invoice(visit=make.charge().visit, by=cashier)
    with pytest.raises(DiscountInvalid):
        override_discount(invoice=draft, rate=share, reason="no", by=owner)


def test_a_discount_needs_a_reason(rate, cashier, owner):
    draft = draft_invoice(visit=make.charge().visit, by=cashier)
    with pytest.raises(ReasonMissing):
        override_discount(invoice=draft, rate=Decimal("0.1"), reason="", by=owner)


# --- Voiding  ---


def test_a_voided_invoice_gives_its_charges_back_and_reverses_its_entry(rate, accountant, cashier):
    invoice = make.invoice()
    void = void_invoice(invoice=invoice, reason="wrong payer", by=accountant)
    assert (void.status, void.void_reason) == ("void", "wrong payer")
    assert set(balances().values()) == {Decimal(0)}
    assert Entry.objects.get(kind="invoice_voided").reverses.kind == "invoice_issued"
    again = issue_invoice(invoice=draft_invoice(visit=invoice.visit, by=cashier), by=cashier)
    assert again.number > invoice.number
    assert not ledger_disagreements()


def test_an_invoice_over_nothing_is_voided_although_it_is_paid(rate, accountant, cashier, owner):
    charge = make.charge("10.00")
    draft = override_discount(
        invoice=draft_invoice(visit=charge.visit, by=cashier), rate=Decimal(1), reason="staff", by=owner
    )
    invoice = issue_invoice(invoice=draft, by=cashier)
    assert (invoice.status, invoice.can_void) == ("paid", True)
    assert void_invoice(invoice=invoice, reason="wrong patient", by=accountant).status == "void"
    charge.refresh_from_db()
    assert charge.status == "pending"
    assert not ledger_disagreements()


def test_an_invoice_that_was_paid_is_voided_by_nobody(rate, accountant, cashier):
    make.shift(cashier)
    invoice = make.invoice(by=cashier)
    take_payment(invoice=invoice, tenders=[make.usd(10)], by=cashier)
    with pytest.raises(InvoicePaidAlready):
        void_invoice(invoice=invoice, reason="-", by=accountant)
    invoice.refresh_from_db()
    invoice.status, invoice.void_reason = "void", "-"
    with pytest.raises(IntegrityError), transaction.atomic():
        invoice.save(update_fields=["status", "void_reason"])


def test_voiding_needs_a_reason(rate, accountant):
    with pytest.raises(ReasonMissing):
        void_invoice(invoice=make.invoice(), reason="", by=accountant)


def test_an_invoice_with_money_on_it_is_not_voided(rate, accountant, cashier):
    make.shift()
    invoice = make.invoice()
    take_payment(invoice=invoice, tenders=[make.usd(4)], by=cashier)
    with pytest.raises(InvoicePaidAlready):
        void_invoice(invoice=invoice, reason="too late", by=accountant)


# --- What the database refuses  ---


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET total = 1, subtotal = 1",
        "UPDATE billing_invoice SET rate = 1",
        "UPDATE billing_invoice SET discount_label_en = 'x'",
        "UPDATE billing_invoice SET number = 'X'",
        "UPDATE billing_invoice SET status = 'draft', number = NULL, issued_at = NULL",
        "DELETE FROM billing_invoice",
        "UPDATE billing_invoiceline SET amount = 1, net = 1",
        "UPDATE billing_invoiceline SET text_en = 'x'",
        "UPDATE billing_invoiceline SET live = false",
        "DELETE FROM billing_invoiceline",
    ],
)
def test_raw_sql_cannot_change_an_issued_invoice(rate, statement):
    make.invoice()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_line_can_be_slipped_under_an_issued_invoice(rate):
    invoice = make.invoice()
    line = invoice.lines.get()
    line.pk, line.charge = None, make.charge(visit=invoice.visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.bulk_create([line])


def test_a_paid_invoice_is_not_touched_any_more(rate, cashier):
    make.shift()
    invoice = make.invoice()
    take_payment(invoice=invoice, tenders=[make.usd(10)], by=cashier)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(paid_at=now())


# --- Races  ---


@pytest.mark.usefixtures("committed_db")
def test_numbers_have_neither_gaps_nor_repeats_when_many_issue_at_once(samaki, cashier, race):
    make.rate()
    visits = [make.charge().visit for _ in range(20)]
    drafts = iter([draft_invoice(visit=visit, by=cashier) for visit in visits])
    outcome = race(lambda: issue_invoice(invoice=next(drafts), by=cashier), times=20)
    assert not outcome.errors
    assert sorted(invoice.sequence for invoice in outcome.results) == list(range(1, 21))
    assert not ledger_disagreements()


@pytest.mark.usefixtures("committed_db")
def test_one_draft_is_issued_once_however_many_press(samaki, cashier, race):
    make.rate()
    draft = draft_invoice(visit=make.charge().visit, by=cashier)
    outcome = race(lambda: issue_invoice(invoice=draft, by=cashier), times=20)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {InvoiceNotDraft}


@pytest.mark.usefixtures("committed_db")
def test_two_cashiers_drafting_one_visit_end_with_each_charge_on_one_invoice(samaki, cashier, cashier2, race):
    make.rate()
    visit = make.new_visit()
    for _ in range(3):
        make.charge(visit=visit)
    race(*(lambda by=by: draft_invoice(visit=visit, by=by) for by in (cashier, cashier2) * 5))
    assert Invoice.objects.get(visit=visit).lines.count() == 3


@pytest.mark.usefixtures("committed_db")
def test_an_event_captured_in_parallel_is_charged_once(samaki, race):
    from core.ids import new_id

    visit, code, event = make.new_visit(), make.price(), new_id()
    outcome = race(lambda: make.charge(visit=visit, service_code=code, source_id=event), times=20)
    assert not outcome.errors
    assert len({charge.pk for charge in outcome.results}) == 1
