"""A cashier's evening in a real browser: voucher, cash to another drawer, count, Z report; a day is closed."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from billing.models import Shift
from billing.queries.comparing import ledger_disagreements
from billing.services.shifts import close_shift, count_shift
from cashoffice.models import DayClosing
from core.clock import today
from tests.factories import billing as make


@pytest.fixture
def shifts(web_db):
    first, second = make.shift(make.user("cashier"), code="E1"), make.shift(make.user("cashier2"), code="E2")
    yield first, second
    for shift in Shift.objects.filter(pk__in=[first.pk, second.pk], status="open"):
        count_shift(shift=shift, counts={}, by=shift.cashier)
        close_shift(shift=shift, reasons={"USD": "journey", "KHR": "journey"}, by=shift.cashier)


def test_an_evening_from_the_last_voucher_to_the_closed_day(page_for, shifts):
    first, _second = shifts
    page = page_for("cashier", at=f"/billing/shifts/{first.pk}/")
    page.get_by_role("link", name="New voucher").click()
    expect(page.locator("[name=reason]")).to_be_focused()
    page.locator("[name=reason]").select_option(label="Out of the drawer: Small supplies")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cash/vouchers/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text("USD 5.00")
    with page.expect_popup() as slip:
        page.get_by_role("button", name="Print slip").click()
    slip.value.close()

    page.goto("/cash/transfers/new/")
    page.fill("[name=usd]", "15")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cash/transfers/$"))
    other = page_for("cashier2", at="/cash/transfers/")
    other.get_by_role("button", name="Counted and received").click()
    expect(other.locator("#rows")).to_contain_text("No cash is on its way")

    page.goto(f"/billing/shifts/{first.pk}/count/")
    for note, pieces in (("USD_20", "4"), ("KHR_10000", "16")):
        page.fill(f"[name={note}]", pieces)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/close/$"))
    page.get_by_role("button", name="Close shift").click()
    page.wait_for_url(re.compile(rf"/billing/shifts/{first.pk}/$"))
    expect(page.locator("main")).to_contain_text("Z report Z00001")

    office = page_for("accountant")
    yesterday = today() - datetime.timedelta(days=1)
    office.goto(f"/cash/days/close/?day={yesterday}")
    expect(office.locator("main")).to_contain_text("Nothing stands in the way")
    office.get_by_role("button", name="Close the day").click()
    office.wait_for_url(re.compile(r"/cash/days/[0-9a-f-]{36}/$"))
    assert DayClosing.objects.get(date=yesterday).closed_by.username == "accountant"
    assert not ledger_disagreements()
