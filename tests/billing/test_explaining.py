"""Explain: every step of a line stands by itself, and every amount is found again from its own explanation."""

import re
from decimal import Decimal as D

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.explaining import charge_in_words
from billing.explaining_lines import line_in_words
from billing.services.concessions import approve_concession, ask_discount
from billing.services.invoices import draft_invoice, issue_invoice
from core.preferences import set_preference
from tests.billing.test_concessions import exempt, fund
from tests.factories import billing as make
from tests.factories import insurance as insure

FIGURE = re.compile(r"(USD|KHR) ([\d,]+(?:\.\d+)?)")
PERCENT = re.compile(r"× ([\d.]+) ÷ ([\d.]+)")


def figures(words):
    """The amounts of a sentence, in their order."""
    return [D(amount.replace(",", "")) for _currency, amount in FIGURE.findall(words)]


def check(words):
    """The arithmetic of a sentence, worked out again; its first figure and its result."""
    amounts = figures(words)
    if " ÷ " in words:
        times, by = map(D, PERCENT.search(words).groups())
        exact = amounts[0] * times / by
        assert abs(exact - amounts[1]) <= D("0.005" if "USD" in words else "0.5")
    elif " − " in words:
        assert amounts[0] - sum(amounts[1:-1]) == amounts[-1], words
    return amounts[0], amounts[-1]


def check_line(line, invoice):
    """From the charge's amount to what the patient pays and the tax in it, from the words alone."""
    steps = line_in_words(line, invoice)
    left = line.amount
    if line.is_converted:
        price, amount, riel = figures(steps[0][1])[:2] + [invoice.rate]
        assert (price, amount) == (line.price_amount, line.amount)
        assert abs(price / riel - amount) <= D("0.005")
    for title, words in steps:
        if " − " not in words or title == "The payer's part":
            continue
        first, result = check(words)
        assert first == left, (title, words)
        left = result
    assert left == line.net
    told = dict(steps)
    if "The payer's part" in told:
        assert check(told["The payer's part"])[1] == line.covered
    taxes = [check(words)[1] for title, words in steps if title.startswith("VAT")]
    assert taxes == ([line.tax] if line.tax_rate else [])


def draft(*amounts, terms=None):
    visit = make.new_visit()
    if terms:
        insure.cover(visit, terms)
    for amount, quantity, *currency in amounts:
        make.charge(amount, *currency, visit=visit, category="other", quantity=D(quantity))
    return draft_invoice(visit=visit, by=make.user("cashier"))


@pytest.fixture
def rate(samaki):
    return make.rate(4100)


def test_discount_and_the_payers_part_are_steps_of_their_own(rate, cashier, owner):
    terms = insure.contract(copay_rate="0.4", deductible=5)
    invoice = draft(("100.00", 1), terms=terms)
    approve_concession(concession=ask_discount(invoice=invoice, rate=D("0.1"), reason="old", by=cashier), by=owner)
    invoice.refresh_from_db()
    line = invoice.lines.get()
    assert line_in_words(line, invoice) == [
        ("Discount", "Granted by management: USD 100.00 − USD 10.00 = USD 90.00"),
        ("Asked for", f"By {cashier}: old"),
        ("Approved by", str(owner)),
        (terms.payer.name, f"General terms of the contract {terms.name}"),
        ("The payer's part", "USD 90.00 − USD 5.00 (Deductible) − USD 34.00 (Co-pay 40 %) = USD 51.00"),
        ("Paid by others", "USD 90.00 − USD 51.00 = USD 39.00"),
    ]
    check_line(line, invoice)


def test_what_a_fund_pays_stands_under_its_own_name_with_who_decided(rate, cashier, owner, client_for):
    invoice = exempt(draft(("100.00", 1)), fund())
    line = invoice.lines.get()
    assert line_in_words(line, invoice) == [
        ("Exemption", "Fund: USD 100.00 − USD 50.00 = USD 50.00"),
        ("Asked for", f"By {cashier}: no income"),
        ("Approved by", str(owner)),
    ]
    page = client_for("cashier").get(f"/billing/charges/{line.charge_id}/explain/").content.decode()
    assert "USD 100.00 − USD 50.00 = USD 50.00" in page
    with translation.override("km"):
        assert line_in_words(line, invoice)[0][0] == "ការលើកលែង"


def test_a_rule_that_excludes_says_so_and_takes_nothing(rate):
    terms = insure.contract()
    terms.rules.create(category="other", excluded=True)
    invoice = draft(("10.00", 1), terms=terms)
    line = invoice.lines.get()
    assert line_in_words(line, invoice) == [(terms.payer.name, "Excluded by the contract")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(st.decimals("0.05", 90, places=2), st.integers(1, 4))
        | st.tuples(st.integers(200, 400_000), st.integers(1, 4), st.just("KHR")),
        min_size=1,
        max_size=3,
    ),
    discount=st.decimals("0.01", 1, places=2) | st.none(),
    share=st.decimals("0.01", 1, places=2) | st.none(),
    copay=st.decimals(0, 1, places=2) | st.none(),
    fixed=st.decimals(0, 5, places=2),
    deductible=st.decimals(0, 40, places=2),
    cap=st.none() | st.decimals(0, 60, places=2),
    vat=st.booleans(),
)
def test_every_amount_is_found_again_from_its_explanation(
    samaki, cashier, owner, lines, discount, share, copay, fixed, deductible, cap, vat
):
    with transaction.atomic():
        make.rate(4100)
        set_preference("billing.vat_registered", vat, by=owner)
        terms = None
        if copay is not None:
            limits = {"deductible": str(deductible), "year_cap": cap and str(cap)}
            terms = insure.contract(copay_rate=str(copay), copay_fixed=str(fixed), **limits)
        invoice = draft(*lines, terms=terms)
        if discount:
            asked = ask_discount(invoice=invoice, rate=discount, reason="old", by=cashier)
            if asked:
                approve_concession(concession=asked, by=owner)
        if share:
            invoice = exempt(invoice, fund("10000"), str(share))
        invoice.refresh_from_db()
        invoice = issue_invoice(invoice=invoice, by=cashier)
        for line in invoice.lines.select_related("charge"):
            quantity, unit, amount = re.fullmatch(
                r"([\d.]+) × ... ([\d.,]+) = ... ([\d.,]+)", dict(charge_in_words(line.charge))["Quantity"]
            ).groups()
            assert D(quantity) * D(unit.replace(",", "")) == D(amount.replace(",", "")) == line.price_amount
            check_line(line, invoice)
        transaction.set_rollback(True)
