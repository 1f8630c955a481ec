"""What may be typed as a result, and how it stands to its limits."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from laboratory.errors import ValueRefused
from laboratory.states import Flag
from laboratory.units import readable
from laboratory.values import change_percent, clean_value, flag_of, is_remarkable, plain


def number_test(**changes):
    facts = {
        "code": "K",
        "value_type": "numeric",
        "decimals": 1,
        "plausible_low": Decimal(1),
        "plausible_high": Decimal(12),
        "critical_low": Decimal("2.5"),
        "critical_high": Decimal("6.5"),
        "delta_percent": 25,
    }
    return SimpleNamespace(**{**facts, **changes})


@pytest.mark.parametrize(
    ("typed", "kept"), [("4.5", "4.5"), (" 4.5 ", "4.5"), ("<1.5", "<1.5"), ("> 10", ">10"), ("៤.៥", "4.5"), ("", "")]
)
def test_a_number_is_kept_as_it_was_typed(typed, kept):
    assert clean_value(number_test(), typed) == kept


@pytest.mark.parametrize("typed", ["4,5", "abc", "4.5.1", "1e3", "--4", "4.5 mmol", "NaN", "٤", "∞", "0x10", "4.55"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueRefused):
        clean_value(number_test(), typed)


@pytest.mark.parametrize("typed", ["0.4", "45", "-4", "<0.5", "9999999999"])
def test_an_impossible_number_is_refused(typed):
    with pytest.raises(ValueRefused):
        clean_value(number_test(), typed)


def test_a_comma_is_refused_with_the_reason():
    with pytest.raises(ValueRefused, match="point for decimals"):
        clean_value(number_test(), "4,5")


@pytest.mark.parametrize(
    ("typed", "kept"), [("1:80", "1:80"), ("<1:20", "<1:20"), ("1/160", "1:160"), ("1:080", "1:80")]
)
def test_a_titre_is_kept_in_one_form(typed, kept):
    assert clean_value(number_test(value_type="titre"), typed) == kept


@pytest.mark.parametrize("typed", ["80", "1:", "1:0", "2:80", "positive"])
def test_what_is_no_titre_is_refused(typed):
    with pytest.raises(ValueRefused):
        clean_value(number_test(value_type="titre"), typed)


def test_a_choice_must_be_one_of_the_offered():
    test = number_test(value_type="coded")
    assert clean_value(test, "POS", choices=["POS", "NEG"]) == "POS"
    with pytest.raises(ValueRefused):
        clean_value(test, "MAYBE", choices=["POS", "NEG"])


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("3.5", Flag.NORMAL),
        ("5.1", Flag.NORMAL),
        ("3.4", Flag.LOW),
        ("5.2", Flag.HIGH),
        ("2.6", Flag.LOW),
        ("2.5", Flag.CRITICAL_LOW),
        ("6.4", Flag.HIGH),
        ("6.5", Flag.CRITICAL_HIGH),
        ("<3.5", Flag.LOW),
        (">5.1", Flag.HIGH),
        ("<2.5", Flag.CRITICAL_LOW),
    ],
)
def test_both_ends_belong_to_the_range_and_critical_limits_include_themselves(value, flag):
    assert flag_of(number_test(), value, low=Decimal("3.5"), high=Decimal("5.1")) == flag


def test_without_a_range_there_is_no_flag_but_a_critical_one():
    assert flag_of(number_test(), "5.9", low=None, high=None) == Flag.NONE
    assert flag_of(number_test(), "7.0", low=None, high=None) == Flag.CRITICAL_HIGH


def test_a_range_open_at_one_end_flags_the_other():
    test = number_test(critical_low=None, critical_high=None)
    assert flag_of(test, "5", low=Decimal(6), high=None) == Flag.LOW
    assert flag_of(test, "9", low=Decimal(6), high=None) == Flag.NORMAL


def test_a_choice_is_abnormal_when_its_set_says_so():
    test = number_test(value_type="coded")
    assert flag_of(test, "POS", low=None, high=None, abnormal=["POS"]) == Flag.ABNORMAL
    assert flag_of(test, "NEG", low=None, high=None, abnormal=["POS"]) == Flag.NORMAL


def test_a_change_is_remarkable_from_the_limit_of_the_test_on():
    assert change_percent("4.0", "5.0") == 25
    assert change_percent("0", "5.0") is None
    assert is_remarkable(number_test(), "4.0", "5.0")
    assert is_remarkable(number_test(), "4.0", "3.0")
    assert not is_remarkable(number_test(), "4.0", "4.9")
    assert not is_remarkable(number_test(delta_percent=None), "4.0", "12.0")


def test_limits_and_units_read_as_people_write_them():
    assert [plain(Decimal("10.0000")), plain(Decimal("3.50")), plain(None)] == ["10", "3.5", "…"]
    assert readable("10*3/uL") == "10³/µL"
    assert readable("m[IU]/L") == "mIU/L"
    assert readable("mm[Hg]") == "mmHg"
    assert readable("ug/dL") == "µg/dL"
    assert readable("U/g{Hb}") == "U/g Hb"
    assert readable("mg/dL") == "mg/dL"
