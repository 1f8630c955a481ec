"""Value added tax: included in prices, frozen on the line, booked to its own account, taken back in proportion."""

from decimal import Decimal as D

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.errors import InvoiceNotDraft
from billing.models import Category, CreditLine, InvoiceLine, InvoicePrint, Posting, Service
from billing.pricing import tax_included
from billing.printing import drawn
from billing.queries.comparing import ledger_disagreements
from billing.services.buyers import set_buyer
from billing.services.catalogue import set_unit
from billing.services.credits import approve_credit, request_credit
from billing.services.invoices import draft_invoice, issue_invoice, override_discount, void_invoice
from billing.services.payments import take_payment
from core.clock import today
from core.ids import new_id
from core.money import KHR, USD
from core.preferences import preference, set_preference
from reports.queries.money.definitions import REPORTS
from reports.queries.money.grouping import Period, totals
from reports.queries.money.services import sales
from tests.factories import billing as make
from tests.factories.billing import usd


@pytest.fixture
def registered(samaki):
    make.rate(4000)
    set_preference("billing.vat_registered", True, by=make.user("owner"))


def draft(*amounts, by="cashier"):
    visit = make.new_visit()
    for amount, category in amounts:
        make.charge(amount, visit=visit, category=category)
    return draft_invoice(visit=visit, by=make.user(by))


def posted(invoice, account):
    rows = Posting.objects.filter(entry__invoice=invoice, account__key=account)
    return sum(rows.values_list("amount", flat=True), D(0))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10_000), st.sampled_from([USD, KHR]))
def test_amount_without_tax_and_tax_come_to_the_amount(units, rate, currency):
    amount, share = D(units) / (100 if currency == USD else 1), D(rate) / 10_000
    tax = tax_included(amount, share, currency)
    half = D("0.005") if currency == USD else D("0.5")
    assert 0 <= tax <= amount
    assert abs((amount - tax) * share - tax) <= half * (1 + share)


def test_a_hospital_that_is_not_registered_charges_none(samaki, cashier):
    make.rate(4000)
    invoice = issue_invoice(invoice=draft(("11.00", "other")), by=cashier)
    assert (invoice.lines.get().tax, posted(invoice, "vat"), posted(invoice, "revenue.other")) == (0, 0, D(-11))


def test_medical_services_are_exempt_and_other_goods_bear_ten_percent(registered, cashier):
    invoice = issue_invoice(invoice=draft(("10.00", "consultation"), ("11.00", "other")), by=cashier)
    connection.check_constraints()
    assert [(line.tax_rate, line.tax) for line in invoice.lines.all()] == [(0, 0), (D("0.1"), D(1))]
    assert (invoice.total, posted(invoice, "vat")) == (D(21), D(-1))
    assert (posted(invoice, "revenue.other"), posted(invoice, "revenue.consultation")) == (D(-10), D(-10))
    assert not ledger_disagreements()
    day = Period(today(), today())
    assert totals(REPORTS["vat"], day).usd == D(1)
    assert sales(day).agrees


def test_a_service_has_its_own_rate_and_issued_lines_keep_theirs(registered, cashier):
    invoice = draft(("11.00", "pharmacy"))
    service = Service.objects.get(code=invoice.lines.get().service_code)
    set_unit(service=service, unit="each", grace_minutes=0, tax_rate=D("0.1"), by=cashier)
    invoice = issue_invoice(invoice=invoice, by=cashier)
    set_unit(service=service, unit="each", grace_minutes=0, tax_rate=None, by=cashier)
    assert (invoice.lines.get().tax_rate, invoice.lines.get().tax) == (D("0.1"), D(1))
    assert preference("billing.vat_pharmacy") == 0


def test_a_discount_lowers_the_tax(registered, cashier, owner):
    invoice = draft(("22.00", "other"))
    override_discount(invoice=invoice, rate=D("0.5"), reason="staff", by=owner)
    invoice = issue_invoice(invoice=invoice, by=cashier)
    assert (invoice.total, posted(invoice, "vat"), posted(invoice, "revenue.other")) == (D(11), D(-1), D(-21))
    assert not ledger_disagreements()


def test_credit_notes_take_the_tax_back_in_proportion_and_to_the_cent(registered, cashier, accountant):
    make.shift(cashier)
    invoice = issue_invoice(invoice=draft(("10.00", "other")), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(10)], by=cashier)
    line = invoice.lines.get()
    assert line.tax == D("0.91")
    for amount in ("3.33", "3.33", "3.34"):
        note = request_credit(invoice=invoice, amounts={line.pk: D(amount)}, reason="broken", by=cashier)
        approve_credit(note=note, by=accountant)
        assert not ledger_disagreements()
    assert sum(CreditLine.objects.values_list("tax", flat=True)) == D("0.91")
    assert (posted(invoice, "vat"), posted(invoice, "revenue.other")) == (0, 0)


def test_a_void_takes_it_back(registered, cashier, accountant):
    invoice = issue_invoice(invoice=draft(("11.00", "other")), by=cashier)
    void_invoice(invoice=invoice, reason="wrong patient", by=accountant)
    assert posted(invoice, "vat") == 0
    assert not ledger_disagreements()


def test_the_database_works_the_tax_out_again(registered):
    line = draft(("11.00", "other")).lines.get()
    for wrong in ({"tax": D("1.01")}, {"tax": D(0)}, {"tax_rate": D(0)}, {"tax_rate": D("0.2")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            InvoiceLine.objects.filter(pk=line.pk).update(**wrong)


def test_the_database_lets_no_more_tax_be_taken_back_than_there_was(registered, cashier, accountant):
    make.shift(cashier)
    invoice = issue_invoice(invoice=draft(("11.00", "other")), by=cashier)
    take_payment(invoice=invoice, tenders=[usd(11)], by=cashier)
    line = invoice.lines.get()
    note = request_credit(invoice=invoice, amounts={line.pk: D(1)}, reason="broken", by=cashier)
    with pytest.raises(DatabaseError), transaction.atomic():
        CreditLine.objects.create(credit_note=note, line=line, gross=D(2), net=D(2), tax=D("1.5"), currency="USD")


def test_the_paper_says_for_whom_and_which_tax_is_in_it(registered, samaki, cashier):
    invoice = draft(("11.00", "other"))
    set_buyer(invoice=invoice, buyer=" Mekong Trading ", tax_number="K001-100200300", by=cashier)
    invoice.refresh_from_db()
    invoice = issue_invoice(invoice=invoice, by=cashier)
    with pytest.raises(InvoiceNotDraft):
        set_buyer(invoice=invoice, buyer="", tax_number="", by=cashier)
    paper = drawn(InvoicePrint(invoice=invoice, copy=1, paper="a4"), samaki)
    assert paper["title"] == "Tax invoice"
    assert paper["facts"][3:5] == [("Invoice for", "Mekong Trading"), ("Tax number of the buyer", "K001-100200300")]
    assert [str(tax.amount) for words, tax in paper["sums"] if words == "VAT 10 %, included"] == ["1.00"]


# --- The pages ---


def once(**fields):
    return {"_once": str(new_id()), **fields}


def test_vat_is_set_up_and_shown(registered, client_for, cashier):
    office, desk = client_for("accountant"), client_for("cashier")
    assert desk.get("/billing/prices/vat/").status_code == 403
    page = office.get("/billing/prices/vat/")
    seen = page.context["form"]["seen"].value()
    rates = {f"vat_{category.value}": "0" for category in Category}
    rates |= {"vat_other": "15", "vat_registered": "on", "seen": seen}
    assert office.post("/billing/prices/vat/", once(**rates, reason="short")).status_code == 422
    assert office.post("/billing/prices/vat/", once(**rates, reason="the law has changed")).status_code == 302
    invoice = draft(("11.50", "other"))
    address = f"/billing/invoices/{invoice.pk}/buyer/"
    assert desk.post(address, once(buyer="Mekong", tax_number="?")).status_code == 422
    assert desk.post(address, once(buyer="Mekong", tax_number="K001")).status_code == 302
    page = desk.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    assert "VAT 15 %, included" in page
    assert "K001" in page
    service = Service.objects.get(code=invoice.lines.get().service_code)
    form = {"unit": "each", "grace_minutes": "", "tax_percent": "5"}
    assert office.post(f"/billing/prices/{service.pk}/unit/", once(**form)).status_code == 302
    service.refresh_from_db()
    assert service.tax_rate == D("0.05")
