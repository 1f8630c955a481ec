from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CurrencyMismatch
from core.money import KHR, USD, Money, convert, fits, format_money, quantize, round_cash

cents = st.integers(-(10**11), 10**11)
dollars = cents.map(lambda number: Money(Decimal(number).scaleb(-2), USD))
riel = st.integers(-(10**13), 10**13).map(lambda number: Money(Decimal(number), KHR))
money = st.one_of(dollars, riel)
rates = st.integers(1, 99_999_99).map(lambda number: Decimal(number).scaleb(-2))
quantities = st.integers(0, 10**6).map(lambda number: Decimal(number).scaleb(-3))


@given(dollars, dollars, dollars)
def test_sums_do_not_depend_on_the_order(one, two, three):
    assert (one + two) + three == three + (two + one)
    assert sum([one, two, three]) == one + two + three


@given(riel, riel)
def test_what_was_added_can_be_taken_away_again(one, two):
    assert one + two - two == one


@given(money, quantities)
def test_a_product_is_off_by_at_most_half_of_the_smallest_unit(price, quantity):
    unit = Decimal("0.01") if price.currency == USD else Decimal(1)
    assert abs((price * quantity).amount - price.amount * quantity) <= unit / 2


@given(money)
def test_an_amount_is_always_a_whole_number_of_the_smallest_unit(some):
    assert fits(some.amount, some.currency)
    assert some.__neg__().__neg__() == some
    assert abs(some) >= Money.zero(some.currency)


@given(dollars, rates)
def test_dollars_to_riel_is_off_by_at_most_half_a_riel(some, rate):
    assert abs(convert(some, KHR, rate).amount - some.amount * rate) <= Decimal("0.5")


@given(dollars, st.integers(100, 99_999).map(Decimal))
def test_dollars_come_back_from_riel_at_the_same_rate(some, rate):
    assert convert(convert(some, KHR, rate), USD, rate) == some


@given(money, rates)
def test_conversion_into_its_own_currency_changes_nothing(some, rate):
    assert convert(some, some.currency, rate) == some


@given(st.integers(0, 10**12))
def test_cash_is_rounded_to_the_nearest_hundred_riel(amount):
    rounded = round_cash(Decimal(amount))
    assert rounded % 100 == 0
    assert abs(rounded - amount) <= 50


@pytest.mark.parametrize(("amount", "rounded"), [(149, 100), (150, 200), (49, 0), (50, 100), (0, 0), (10_250, 10_300)])
def test_half_a_hundred_riel_is_rounded_up(amount, rounded):
    assert round_cash(Decimal(amount)) == rounded


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"), [("0.005", USD, "0.01"), ("1.004", USD, "1"), ("0.5", KHR, "1")]
)
def test_rounding_is_half_up_and_not_to_even(amount, currency, rounded):
    assert quantize(Decimal(amount), currency) == Decimal(rounded)


def test_currencies_do_not_mix():
    one_dollar, some_riel = Money(Decimal(1), USD), Money(Decimal(4000), KHR)
    for act in (
        lambda: one_dollar + some_riel,
        lambda: one_dollar - some_riel,
        lambda: one_dollar < some_riel,
        lambda: one_dollar >= some_riel,
    ):
        with pytest.raises(CurrencyMismatch):
            act()
    assert one_dollar != some_riel
    assert Money.zero(USD) != Money.zero(KHR)


@pytest.mark.parametrize("wrong", [1.5, True, None, object()])
def test_floats_and_other_kinds_are_refused(wrong):
    with pytest.raises(TypeError):
        Money(wrong, USD)


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity"])
def test_amounts_are_finite(wrong):
    with pytest.raises(ValueError, match="finite"):
        Money(Decimal(wrong), USD)


def test_a_fraction_of_a_riel_is_refused_unless_rounding_is_asked_for():
    with pytest.raises(ValueError, match="decimals"):
        Money(Decimal("100.5"), KHR)
    assert Money.rounded(Decimal("100.5"), KHR) == Money(Decimal(101), KHR)


def test_money_cannot_be_added_to_a_bare_number_nor_multiplied_by_money():
    one = Money(Decimal(1), USD)
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(TypeError):
        1 + one
    with pytest.raises(TypeError):
        one * one
    with pytest.raises(TypeError):
        one * 1.5


def test_money_is_immutable_and_can_be_a_key():
    one = Money(Decimal("1.00"), "USD")
    with pytest.raises(AttributeError):
        one.amount = Decimal(2)
    assert {one: "paid"}[Money(Decimal(1), USD)] == "paid"


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="EUR"):
        Money(Decimal(1), "EUR")


@pytest.mark.parametrize("rate", [0, -4000])
def test_a_rate_is_positive(rate):
    with pytest.raises(ValueError, match="rate"):
        convert(Money(Decimal(1), USD), KHR, Decimal(rate))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12.5", USD, "USD 12.50"),
        ("50000", KHR, "KHR 50,000"),
        ("-1234567.8", USD, "USD -1,234,567.80"),
        ("0", KHR, "KHR 0"),
    ],
)
def test_money_reads_the_same_in_every_language(amount, currency, text):
    from django.utils import translation

    for language in ("en", "km", "zh-hans"):
        with translation.override(language):
            assert format_money(Money(Decimal(amount), currency)) == text
            assert str(Money(Decimal(amount), currency)) == text
