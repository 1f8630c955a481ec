"""Birth dates as they are really known: a day, a month, only a year, or an age somebody guessed."""

import re
from dataclasses import dataclass
from datetime import date

from core.clock import today
from core.text import ascii_digits
from patients.ages import months_before, years_before
from patients.states import Precision

OLDEST = 130  # years; nobody has lived longer

_YEAR = re.compile(r"^(\d{4})$")
_MONTH = re.compile(r"^(\d{1,2})[/.\-](\d{4})$|^(\d{4})[/.\-](\d{1,2})$")
_DAY = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$")
_ISO = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})$")


@dataclass(frozen=True)
class BirthDate:
    """A date and how much of it is known: of a bare year it is the first of January, of a month the first day."""

    day: date
    precision: Precision


def read_birth_date(text: str) -> BirthDate:
    """Read 1984-12-31, 31/12/1984, 1984-12, 12/1984 or 1984, also in Khmer digits. Raises ValueError otherwise."""
    text = ascii_digits(text).strip()
    if match := _YEAR.match(text):
        return BirthDate(date(int(match[1]), 1, 1), Precision.YEAR)
    if match := _MONTH.match(text):
        month, year = (match[1], match[2]) if match[1] else (match[4], match[3])
        return BirthDate(date(int(year), int(month), 1), Precision.MONTH)
    if match := _DAY.match(text):
        return BirthDate(date(int(match[3]), int(match[2]), int(match[1])), Precision.DAY)
    if match := _ISO.match(text):
        return BirthDate(date(int(match[1]), int(match[2]), int(match[3])), Precision.DAY)
    raise ValueError("not a date")


def from_age(count: int, unit: str) -> BirthDate:
    """Return the birth date of somebody who is about so many ``years``, ``months`` or ``days`` old today."""
    if unit == "days":
        return BirthDate(date.fromordinal(today().toordinal() - count), Precision.DAY)
    back = months_before if unit == "months" else years_before
    return BirthDate(back(today(), count), Precision.ESTIMATED)


def is_possible(day: date) -> bool:
    """Whether somebody alive may have been born that day: not in the future, not beyond the longest life."""
    return years_before(today(), OLDEST) <= day <= today()


def written(day: date | None, precision: str) -> str:
    """Return the date as it is typed again: without the parts nobody knows."""
    if day is None:
        return ""
    return {Precision.YEAR: f"{day:%Y}", Precision.MONTH: f"{day:%Y-%m}"}.get(Precision(precision), f"{day:%Y-%m-%d}")
