"""What may be typed as a result, and how a value stands to its limits. Pure rules, no database."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.widgets import ascii_digits
from laboratory.errors import ValueRefused
from laboratory.states import Flag, ValueType

# A leading < or > says that the true value lies beyond what the method measures.
_NUMBER = re.compile(r"([<>]?) ?([-+]?\d{1,10}(?:\.\d{1,6})?)", re.ASCII)
_TITRE = re.compile(r"([<>]?) ?1:(\d{1,7})", re.ASCII)
TEXT_LIMIT = 2000


@dataclass(frozen=True)
class Measured:
    """A number, and whether the true one lies below (-1) or above (1) it."""

    number: Decimal
    beyond: int = 0

    def below(self, limit: Decimal | None, *, inclusive: bool = False) -> bool:
        if limit is None or self.beyond > 0:
            return False
        return self.number < limit or (self.number == limit and (inclusive or self.beyond < 0))

    def above(self, limit: Decimal | None, *, inclusive: bool = False) -> bool:
        if limit is None or self.beyond < 0:
            return False
        return self.number > limit or (self.number == limit and (inclusive or self.beyond > 0))


def measured(text: str) -> Measured | None:
    """The number in a stored value or titre (its denominator); None where there is none."""
    match = _NUMBER.fullmatch(text) or _TITRE.fullmatch(text)
    if match is None:
        return None
    return Measured(Decimal(match[2]), {"<": -1, ">": 1}.get(match[1], 0))


def number_in(text: str) -> Decimal | None:
    found = measured(text)
    return found.number if found else None


def clean_value(test, text: str, *, choices: Collection[str] = ()) -> str:
    """Return the value in the form it is kept, or raise ValueRefused with what is wrong.

    Numbers have a decimal point and never a comma, in every language: 1,5 and 15 must not be confused. Khmer digits are
    understood. Numbers keep the places they were typed with, at most those of the test, and lie within what is possible
    for the test at all.
    """
    text = " ".join(text.split()) if test.value_type != ValueType.TEXT else text.strip()
    if not text:
        return ""
    if test.value_type == ValueType.NUMERIC:
        return _clean_number(test, ascii_digits(text))
    if test.value_type == ValueType.TITRE:
        return _clean_titre(ascii_digits(text))
    if test.value_type == ValueType.CODED and text not in choices:
        raise ValueRefused(_("Choose one of the offered answers."))
    if len(text) > TEXT_LIMIT:
        raise ValueRefused(_("At most %(limit)d characters."), limit=TEXT_LIMIT)
    return text


def _clean_number(test, text: str) -> str:
    if "," in text:
        raise ValueRefused(_("Use a point for decimals, as in 4.5, and no comma."))
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueRefused(_("Type a number, as in 4.5 or <0.5."))
    number = Decimal(match[2])
    if -int(number.as_tuple().exponent) > test.decimals:
        raise ValueRefused(_("At most %(places)d decimals."), places=test.decimals)
    low, high = test.plausible_low, test.plausible_high
    if (low is not None and number < low) or (high is not None and number > high):
        raise ValueRefused(
            _("Not possible: %(test)s lies between %(low)s and %(high)s. Check the value and its unit."),
            test=test.code,
            low=plain(low),
            high=plain(high),
        )
    return f"{match[1]}{number}"


def _clean_titre(text: str) -> str:
    match = _TITRE.fullmatch(text.replace(" : ", ":").replace("/", ":"))
    if match is None or not int(match[2]):
        raise ValueRefused(_("Type a titre, as in 1:80 or <1:20."))
    return f"{match[1]}1:{int(match[2])}"


def plain(number: Decimal | None) -> str:
    """A limit without needless zeros; an open end is shown as three dots."""
    if number is None:
        return "…"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def flag_of(test, value: str, *, low: Decimal | None, high: Decimal | None, abnormal: Collection[str] = ()) -> Flag:
    """How the value stands to its range and to the test's critical limits. Critical limits include their own value.

    `abnormal` are the choices of a coded test that count as abnormal. No range: no flag, unless it is critical.
    """
    if test.value_type == ValueType.CODED:
        return Flag.ABNORMAL if value in abnormal else Flag.NORMAL
    found = measured(value)
    if found is None:
        return Flag.NONE
    if test.value_type == ValueType.NUMERIC:
        if found.below(test.critical_low, inclusive=True):
            return Flag.CRITICAL_LOW
        if found.above(test.critical_high, inclusive=True):
            return Flag.CRITICAL_HIGH
    if low is None and high is None:
        return Flag.NONE
    if found.below(low):
        return Flag.LOW
    return Flag.HIGH if found.above(high) else Flag.NORMAL


def change_percent(before: str, now: str) -> Decimal | None:
    """By how many per cent a number has changed; None where it cannot be said."""
    old, new = number_in(before), number_in(now)
    if old is None or new is None or old == 0:
        return None
    return ((new - old) / abs(old) * 100).quantize(Decimal(1))


def is_remarkable(test, before: str, now: str) -> bool:
    """Whether the change since the previous result asks for a second look (wrong tube, wrong patient)."""
    change = change_percent(before, now)
    return test.delta_percent is not None and change is not None and abs(change) >= test.delta_percent
