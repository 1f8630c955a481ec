"""The arithmetic of who pays what, for any bill and any terms."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import fits
from insurance.share import Item, Leave, Rule, Span, Terms, portion, split

DAY = date(2026, 3, 10)
CODES = [("LAB-1", "laboratory"), ("MED-1", "pharmacy"), ("CONS", "consultation")]


def amounts(currency):
    return st.decimals(0, 900, places=2) if currency == "USD" else st.integers(0, 4_000_000).map(D)


@st.composite
def cases(draw):
    currency = draw(st.sampled_from(["USD", "KHR"]))
    money = amounts(currency)
    limit = st.none() | money
    days = st.dates(date(2026, 3, 1), date(2026, 3, 20))
    rule = st.builds(
        Rule,
        excluded=st.booleans(),
        needs_authorisation=st.booleans(),
        copay_rate=st.none() | st.decimals(0, 1, places=4),
        copay_fixed=st.none() | money,
    )
    keys = st.sampled_from([code for code, _category in CODES] + [f"category:{category}" for _code, category in CODES])
    terms = Terms(
        currency=currency,
        copay_rate=draw(st.decimals(0, 1, places=4)),
        copay_fixed=draw(money),
        deductible=draw(money),
        visit_left=draw(limit),
        year_left=draw(limit),
        flat=draw(st.booleans()),
        rules=draw(st.dictionaries(keys, rule, max_size=4)),
        leaves=[Leave(scope, Span(until=draw(days))) for scope in draw(st.frozensets(keys, max_size=3))],
        days=Span(until=draw(st.none() | days)),
    )
    items = [Item(*draw(st.sampled_from(CODES)), draw(money), draw(days)) for _ in range(draw(st.integers(0, 6)))]
    return items, terms


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_line_is_covered_beyond_itself_and_no_limit_is_passed(case):
    items, terms = case
    shares = split(items, terms)
    assert shares == split(items, terms)
    for item, share in zip(items, shares, strict=True):
        assert 0 <= share.covered + share.deductible <= item.amount
        assert fits(share.covered, terms.currency)
        assert share.why["covered"] == str(share.covered)
    assert sum(share.deductible for share in shares) <= terms.deductible
    if not terms.flat:
        covered = sum(share.covered for share in shares)
        assert terms.visit_left is None or covered <= terms.visit_left
        assert terms.year_left is None or covered <= terms.year_left


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_share_can_be_worked_out_again_from_what_the_line_says(case):
    items, terms = case
    for item, share in zip(items, split(items, terms), strict=True):
        why = share.why
        if why.keys() & {"excluded", "authorisation", "coverage"}:
            assert share.covered == 0
        elif "flat" in why:
            assert share.covered == item.amount
        else:
            parts = ("deductible", "percent", "fixed", "over_visit", "over_year")
            assert item.amount - sum(D(why.get(part, 0)) for part in parts) == share.covered


@given(st.decimals(0, 900, places=2), st.lists(st.decimals("0.01", 90, places=2), min_size=1, max_size=8))
def test_portions_of_anything_add_up_to_the_whole(whole, steps):
    of, seen, given_back = sum(steps), D(0), D(0)
    for step in steps:
        part = portion(whole, seen + step, of, "USD") - portion(whole, seen, of, "USD")
        assert part >= 0
        seen, given_back = seen + step, given_back + part
    assert given_back == whole


def test_the_arithmetic_of_an_ordinary_bill():
    terms = Terms("USD", copay_rate=D("0.20"), deductible=D(10), visit_left=D(50), rules={
        "MED-1": Rule(copay_rate=D("0.5")),
        "category:laboratory": Rule(needs_authorisation=True),
        "SPA": Rule(excluded=True),
    })  # fmt: skip
    items = [Item("CONS", "consultation", D(30), DAY), Item("MED-1", "pharmacy", D(20), DAY),
             Item("LAB-1", "laboratory", D(9), DAY), Item("SPA", "other", D(9), DAY),
             Item("CONS", "consultation", D(100), DAY)]  # fmt: skip
    assert [share.covered for share in split(items, terms)] == [D(16), D(10), 0, 0, D(24)]
    allowed = Terms("USD", rules=terms.rules, leaves=[Leave("category:laboratory", Span(DAY, DAY))])
    assert [share.covered for share in split(items[2:3], allowed)] == [D(9)]
    later = replace(items[2], day=date(2026, 3, 11))
    assert [share.covered for share in split([later], allowed)] == [0]
    assert split(items[:1], replace(terms, days=Span(until=date(2026, 3, 9))))[0].why["coverage"] == "ended"
