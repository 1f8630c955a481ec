"""An accountant's day in a real browser: shift accepted, cash to the bank, statement matched, books compared."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from billing.pricing import Paid
from billing.services.payments import take_payment
from billing.services.shifts import close_shift, count_shift
from cashoffice.models import Deposit, Statement, StatementMapping
from core.clock import today
from tests.factories import billing as make
from tests.factories.billing import usd
from tests.support.browsing import open_proven

TRANSFER = "FT-2026-0777"


@pytest.fixture
def closed_shift(web_db):
    """A shift with forty dollars in cash and twelve by bank transfer, counted and closed without a difference."""
    make.rate()
    cashier = make.user("cashier2")
    shift = make.shift(cashier, code="ACC")
    take_payment(invoice=make.invoice(("40.00", "USD"), by=cashier), tenders=[usd(40)], by=cashier)
    transfer = Paid("bank", "USD", Decimal(12), TRANSFER)
    take_payment(invoice=make.invoice(("12.00", "USD"), by=cashier), tenders=[transfer], by=cashier)
    counts = {**make.FLOAT, "USD": {**make.FLOAT["USD"], 20: make.FLOAT["USD"][20] + 2}}
    count_shift(shift=shift, counts=counts, by=cashier)
    close_shift(shift=shift, reasons={}, by=cashier)
    StatementMapping.objects.update_or_create(
        name="Journey bank",
        defaults={
            "currency": "USD", "date_column": "Date", "amount_column": "Amount", "reference_column": "Reference",
            "text_column": "Text",
        },
    )  # fmt: skip
    return shift


def deposit_takings(page_for, accountant: Page) -> None:
    """One prepares, another hands over, the first confirms with the slip."""
    accountant.goto("/cash/banking/new/")
    accountant.fill("[name=usd]", "40")
    accountant.fill("[name=khr]", "")
    accountant.get_by_role("button", name="Prepare").click()
    accountant.wait_for_url(re.compile(r"/cash/banking/[0-9a-f-]{36}/$"))
    expect(accountant.locator("main")).to_contain_text("Somebody else hands the cash over")
    admin = page_for("admin", at=accountant.url)
    admin.get_by_role("button", name="Hand over").click()
    expect(admin.locator("main")).to_contain_text("Somebody else confirms")
    accountant.reload()
    accountant.fill("[name=slip]", "SLIP-4711")
    accountant.keyboard.press("Enter")
    expect(accountant.locator("main")).to_contain_text("SLIP-4711")


def match_statement(accountant: Page) -> None:
    rows = [
        "Date,Amount,Reference,Text",
        f"{today()},12.00,{TRANSFER},Transfer by a visitor",
        f"{today()},40.00,SLIP-4711,Cash deposit",
        f"{today()},-1.50,CHG-1,Monthly fee",
    ]
    accountant.goto("/cash/statements/import/")
    bank = accountant.locator("[name=account] option").filter(has_text="Bank").first
    accountant.select_option("[name=account]", bank.get_attribute("value"))
    accountant.set_input_files(
        "[name=file]", {"name": "march.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    accountant.select_option("[name=mapping]", label="Journey bank")
    accountant.get_by_role("button", name="Import").click()
    accountant.wait_for_url(re.compile(r"/cash/statements/[0-9a-f-]{36}/$"))
    expect(accountant.locator("#rows tbody tr")).to_have_count(1)  # the transfer and the deposit matched themselves
    accountant.locator("#rows tbody a").click()
    accountant.select_option("[name=purpose]", label="Fee of the bank or provider")
    accountant.get_by_role("button", name="Post", exact=True).click()
    accountant.wait_for_url(re.compile(r"/cash/statements/[0-9a-f-]{36}/$"))
    expect(accountant.locator("main")).to_contain_text("Every line is explained. Somebody else accepts the statement.")


def test_a_day_from_the_shift_to_the_compared_books(page_for, closed_shift):
    accountant = page_for("accountant", at="/billing/shifts/?status=closed")
    accountant.get_by_role("link", name=closed_shift.number).click()
    accountant.get_by_role("button", name="Accept the shift").click()
    expect(accountant.locator("main")).to_contain_text("Accepted")

    deposit_takings(page_for, accountant)
    assert Deposit.objects.latest("pk").status == "banked"
    match_statement(accountant)
    owner = page_for("owner")
    open_proven(owner, urlsplit(accountant.url).path)
    owner.get_by_role("button", name="Accept the statement").click()
    expect(owner.locator("main")).to_contain_text("Accepted")
    assert Statement.objects.latest("pk").accepted_by.username == "owner"

    accountant.goto("/billing/journal/agreement/")
    expect(accountant.locator("#verdict .alert-success")).to_contain_text("Everything agrees with the ledger")
    expect(accountant.locator("#verdict progress")).to_have_count(0)

    accountant.goto("/money/collections/")
    expect(accountant.locator("tfoot")).to_contain_text("USD")
    accountant.locator("tfoot a").click()
    expect(accountant.locator("main")).to_contain_text(closed_shift.payments.latest("pk").number)
