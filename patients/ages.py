"""Ages in completed years, months and days, counted on the hospital's calendar."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext


@dataclass(frozen=True)
class Age:
    """Completed years, then completed months beyond them; ``days`` is the whole life in days."""

    years: int
    months: int
    days: int

    def __str__(self) -> str:
        if self.years >= 5:
            return ngettext("%(count)d year", "%(count)d years", self.years) % {"count": self.years}
        whole_months = self.years * 12 + self.months
        if whole_months >= 1:
            return ngettext("%(count)d month", "%(count)d months", whole_months) % {"count": whole_months}
        return ngettext("%(count)d day", "%(count)d days", self.days) % {"count": self.days}


def age_on(birth_date: date, day: date) -> Age:
    """Return the age of somebody born on birth_date at the given day; a birth in the future counts as zero."""
    if birth_date >= day:
        return Age(0, 0, 0)
    whole_months = (day.year - birth_date.year) * 12 + day.month - birth_date.month - (day.day < birth_date.day)
    return Age(whole_months // 12, whole_months % 12, (day - birth_date).days)


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 29 February becomes 28 in a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 1 March in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier, no later than the end of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(months)
