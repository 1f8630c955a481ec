"""Dated parts of a debt and how overdue they are: pure functions, no database."""

import datetime
from calendar import monthrange
from collections.abc import Sequence
from decimal import Decimal

from billing.pricing import ZERO, allocate


def equal_parts(total: Decimal, times: int, currency: str) -> list[Decimal]:
    """The total in so many parts that differ by at most one smallest unit and add up exactly."""
    return allocate(total, [Decimal(1)] * times, currency)


def dates_from(first: datetime.date, times: int, every: str) -> list[datetime.date]:
    """So many days from the first on: every "week", "fortnight" or "month" (its last day where a month is shorter)."""
    if every == "month":
        return [_months_later(first, step) for step in range(times)]
    days = 14 if every == "fortnight" else 7
    return [first + datetime.timedelta(days=days * step) for step in range(times)]


def filled(parts: Sequence[Decimal], settled: Decimal) -> list[Decimal]:
    """How much of each part is paid when `settled` is paid of them all: the first is filled first."""
    found, left = [], max(settled, ZERO)
    for part in parts:
        paid = min(part, left)
        found.append(paid)
        left -= paid
    return found


def level_due(days_overdue: int, limits: Sequence[int]) -> int:
    """The highest level whose limit is reached (1 is the first); 0 for none. A limit of 0 is no such reminder."""
    reached = [level for level, limit in enumerate(limits, start=1) if limit and days_overdue >= limit]
    return max(reached, default=0)


def _months_later(first: datetime.date, months: int) -> datetime.date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return first.replace(year=year, month=month, day=min(first.day, monthrange(year, month)[1]))
