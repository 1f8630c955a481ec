"""The arithmetic of the cash office, for random bills and tenders in two currencies."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import pricing
from billing.pricing import Paid
from core.money import KHR, USD, Money

rates = st.decimals(min_value=3500, max_value=4999, places=0)
cents = st.decimals(min_value=0, max_value=50_000, places=2)
riel = st.integers(min_value=0, max_value=80_000_000).map(D)
usd_money = cents.map(lambda amount: Money(amount, USD))
khr_money = riel.map(lambda amount: Money(amount, KHR))
money = st.one_of(usd_money, khr_money)
dollar_notes = st.integers(min_value=1, max_value=2000).map(lambda amount: Paid("cash", USD, D(amount)))
riel_notes = st.integers(min_value=1, max_value=90_000).map(lambda steps: Paid("cash", KHR, D(steps * 100)))
notes = st.lists(st.one_of(dollar_notes, riel_notes), min_size=1, max_size=4)
due = money.filter(lambda one: one.amount > 0)


def test_a_line_costs_price_times_quantity_rounded_once():
    assert pricing.line_amount(Money(D("1.25"), USD), D("2.500")) == Money(D("3.13"), USD)
    assert pricing.line_amount(Money(D(1500), KHR), D("0.333")) == Money(D(500), KHR)


sides = st.lists(st.tuples(st.sampled_from([USD, KHR]), st.integers(1, 9_000_000)), min_size=1, max_size=8).map(
    lambda rows: [(currency, D(amount) if currency == KHR else D(amount) / 100) for currency, amount in rows]
)


@given(debits=sides, base=st.sampled_from([USD, KHR]), rate=rates, cuts=st.integers(1, 5))
def test_what_balances_in_each_currency_balances_in_the_base_too(debits, base, rate, cuts):
    credits = []
    for currency in (USD, KHR):
        total = sum((amount for one, amount in debits if one == currency), D(0))
        parts = pricing.allocate(total, [D(1)] * cuts, currency)
        credits += [(currency, -part) for part in parts if part]
    worths = pricing.worth_in_base([*debits, *credits], base=base, rate=rate)
    assert sum(worths) == 0
    unit = D("0.01") if base == USD else D(1)
    for (currency, amount), worth in zip([*debits, *credits], worths, strict=True):
        exact = amount if currency == base else amount / rate if base == USD else amount * rate
        assert abs(worth - exact) <= unit


def test_another_currency_without_a_rate_has_no_worth():
    with pytest.raises(ValueError, match="rate"):
        pricing.worth_in_base([(KHR, D(4100))], base=USD, rate=None)


@given(total=cents, weights=st.lists(cents, min_size=1, max_size=12))
def test_a_discount_shared_over_lines_adds_up_to_itself(total, weights):
    parts = pricing.allocate(total, weights, USD)
    assert sum(parts) == (total if any(weights) else 0)
    assert all(part >= 0 for part in parts)


@given(
    prices=st.lists(money, min_size=1, max_size=10),
    currency=st.sampled_from([USD, KHR]),
    rate=rates,
    discount=st.decimals(min_value=0, max_value=1, places=4),
)
def test_a_bill_is_the_sum_of_its_lines_and_no_line_falls_below_zero(prices, currency, rate, discount):
    bill = pricing.bill(prices, currency=currency, rate=rate, discount_rate=discount)
    assert sum(bill.amounts) == bill.subtotal
    assert sum(bill.discounts) == bill.discount
    assert bill.total == bill.subtotal - bill.discount >= 0
    assert all(amount >= taken for amount, taken in zip(bill.amounts, bill.discounts, strict=True))


@given(due=due, tenders=notes, rate=rates, change_in=st.sampled_from([USD, KHR]))
def test_every_tender_is_accounted_for_to_the_last_riel(due, tenders, rate, change_in):
    done = pricing.settle(due, tenders, rate=rate, change_in=change_in)
    assert 0 <= done.applied <= due.amount
    assert done.applied + done.remaining == due.amount
    for currency, exchanged, rounding in ((USD, done.exchange_usd, 0), (KHR, done.exchange_khr, done.rounding)):
        received = sum((part.amount for part in tenders if part.currency == currency), D(0))
        applied = done.applied if due.currency == currency else 0
        assert received == done.change.get(currency, 0) + applied + exchanged + rounding


@given(due=due, tenders=notes, rate=rates, change_in=st.sampled_from([USD, KHR]))
def test_rounding_stays_within_a_hundred_riel_and_the_exchange_is_at_the_rate(due, tenders, rate, change_in):
    done = pricing.settle(due, tenders, rate=rate, change_in=change_in)
    assert abs(done.rounding) <= 100
    assert abs(done.exchange_usd * rate + done.exchange_khr) <= 1


@given(due=due, tenders=notes, rate=rates, change_in=st.sampled_from([USD, KHR]))
def test_change_is_whole_dollars_and_hundreds_of_riel_and_only_for_a_bill_paid_in_full(due, tenders, rate, change_in):
    change = pricing.settle(due, tenders, rate=rate, change_in=change_in).change
    assert change.get(USD, D(0)) % 1 == 0
    assert change.get(KHR, D(0)) % 100 == 0
    if change_in == KHR:
        assert USD not in change
    if change:
        assert pricing.settle(due, tenders, rate=rate, change_in=change_in).pays_in_full


@given(due=due, tenders=notes, rate=rates)
def test_dollar_change_keeps_less_than_a_dollar_in_riel(due, tenders, rate):
    change = pricing.settle(due, tenders, rate=rate, change_in=USD).change
    assert change.get(KHR, D(0)) <= rate + 50


@pytest.mark.parametrize(
    ("tenders", "change", "rounding"),
    [
        ([Paid("cash", USD, D(20))], {USD: D(7), KHR: D(2700)}, D(6)),
        ([Paid("cash", USD, D(12)), Paid("cash", KHR, D(1400))], {}, D(6)),
        ([Paid("cash", KHR, D(50_600))], {}, D(6)),
        ([Paid("card", USD, D("12.34"))], {}, D(0)),
        ([Paid("khqr", KHR, D(50_594))], {}, D(0)),
    ],
)
def test_the_usual_ways_to_pay_twelve_dollars_thirty_four(tenders, change, rounding):
    done = pricing.settle(Money(D("12.34"), USD), tenders, rate=D(4100), change_in=USD)
    assert done.pays_in_full
    assert (done.change, done.rounding) == (change, rounding)


def test_riel_notes_that_round_to_the_due_amount_pay_in_full():
    done = pricing.settle(Money(D(50_540), KHR), [Paid("cash", KHR, D(50_500))], rate=D(4100), change_in=KHR)
    assert done.pays_in_full
    assert done.rounding == D(-40)


def test_a_dollar_too_little_leaves_a_dollar_due():
    done = pricing.settle(Money(D(13), USD), [Paid("cash", USD, D(12))], rate=D(4100), change_in=USD)
    assert (done.applied, done.remaining, done.change) == (D(12), D(1), {})


def test_a_card_beyond_the_due_amount_is_told():
    done = pricing.settle(Money(D(13), USD), [Paid("card", USD, D(14))], rate=D(4100), change_in=USD)
    assert done.excess == D(4100)


def test_the_exact_amount_is_suggested_in_dollars_with_riel_and_in_riel_alone():
    exact = pricing.suggest_exact(Money(D("12.34"), USD), D(4100))
    assert exact == {"dollars": D(12), "rest_in_riel": D(1400), "all_in_riel": D(50_600)}
