"""The cashier's day in a real browser: open, collect, change, receipt, count, close; the accountant accepts."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.models import Invoice, Payment, Shift
from billing.queries.comparing import ledger_disagreements
from billing.services.shifts import close_shift, count_shift
from tests.factories import billing as make


@pytest.fixture
def morning(web_db):
    make.rate()
    make.drawer("D1")
    charge = make.charge("12.34")
    make.charge("8000", "KHR", visit=charge.visit, category="pharmacy")
    return charge.visit


def count_float(page):
    for note, pieces in (("USD_20", "2"), ("USD_10", "4"), ("USD_1", "20"), ("KHR_10000", "10"), ("KHR_100", "50")):
        page.fill(f"[name={note}]", pieces)


def test_a_cashiers_day_from_the_float_to_the_accountants_acceptance(page_for, morning):
    page = page_for("cashier", at="/billing/shifts/mine/")
    count_float(page)
    expect(page.locator("[data-count-usd]")).to_have_text("USD 100.00")
    page.get_by_role("button", name="Open shift").click()
    page.wait_for_url(re.compile(r"/billing/shifts/[0-9a-f-]{36}/$"))

    page.goto("/billing/")
    row = page.locator("#rows tr", has_text=morning.patient.mrn)
    row.get_by_role("button", name="Make invoice").click()
    expect(page.locator("h1")).to_have_text("Draft invoice")
    page.locator("details.explain summary").first.click()
    expect(page.locator("details.explain").first).to_contain_text("STANDARD")
    page.get_by_role("button", name="Issue invoice").press("Enter")
    page.wait_for_url(re.compile(r"/pay/$"))

    expect(page.locator("[name=usd]")).to_be_focused()
    page.keyboard.type("20")
    expect(page.locator("#settlement")).to_contain_text("USD 5.00")
    expect(page.locator("#settlement")).to_contain_text("KHR 2,900")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/billing/payments/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text("KHR 2,900")
    payment = Payment.objects.get(invoice__visit=morning)
    assert (payment.applied, payment.invoice.status) == (Decimal("14.29"), "paid")

    with page.expect_popup() as paper:
        page.get_by_role("button", name="Print").click()
    paper.value.close()

    shift = Shift.objects.latest("opened_at")
    page.goto(f"/billing/shifts/{shift.pk}/count/")
    for note, pieces in (("USD_20", "3"), ("USD_10", "4"), ("USD_1", "15"), ("KHR_10000", "10"), ("KHR_1000", "2")):
        page.fill(f"[name={note}]", pieces)
    page.get_by_role("button", name="Save the count").click()
    page.fill("[name=reason_khr]", "Hundred riel too little")
    page.get_by_role("button", name="Close shift").click()
    page.wait_for_url(re.compile(rf"/billing/shifts/{shift.pk}/$"))

    office = page_for("accountant", at="/billing/shifts/?status=closed")
    office.get_by_role("link", name=shift.number).click()
    expect(office.locator("main")).to_contain_text("Hundred riel too little")
    office.get_by_role("button", name="Accept the shift").click()
    expect(office.locator("main")).to_contain_text("Reconciled")
    assert not ledger_disagreements()


def test_a_payment_works_without_javascript(page_for, morning):
    cashier = make.user("cashier2")
    shift = make.shift(cashier, code="D2")
    invoice = make.invoice(visit=morning)
    page = page_for("cashier2", java_script_enabled=False, at=f"/billing/invoices/{invoice.pk}/pay/")
    page.fill("[name=khr]", "99900")
    page.get_by_role("button", name="Take payment").click()
    expect(page.locator("main")).to_contain_text("KHR 99,900")
    assert Invoice.objects.get(pk=invoice.pk).status == "paid"
    count_shift(shift=shift, counts={}, by=cashier)
    close_shift(shift=shift, reasons={"USD": "not counted", "KHR": "not counted"}, by=cashier)
