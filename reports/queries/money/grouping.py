"""A report as a table: its postings added up by currency and in the base currency, group by group."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from billing.models import Posting
from core.money import KHR, USD
from reports.queries.money.definitions import Grouping, Report

ZERO = Decimal(0)


@dataclass(frozen=True)
class Period:
    """Days from one to another, both included, in one branch or (None) in all."""

    since: datetime.date
    until: datetime.date
    branch: UUID | None = None


@dataclass(frozen=True)
class Sums:
    """Added up: dollars, riel, and both in the base currency."""

    usd: Decimal = ZERO
    khr: Decimal = ZERO
    base: Decimal = ZERO


@dataclass(frozen=True)
class Row:
    """One group: its values in the order of the grouping, what they are called, and the sums."""

    values: tuple[Any, ...]
    labels: list[str] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)


def postings_of(report: Report, period: Period) -> QuerySet[Posting]:
    """Every posting the report counts in the period."""
    rows = Posting.objects.filter(report.rows, date__lte=period.until)
    if not report.standing:
        rows = rows.filter(date__gte=period.since)
    return rows.filter(branch=period.branch) if period.branch else rows


def totals(report: Report, period: Period) -> Sums:
    return _sums(report, postings_of(report, period).aggregate(**_SUMS))


def groups(report: Report, grouping: Grouping, period: Period) -> QuerySet[Posting, dict[str, Any]]:
    """The sums by group, in the order of the groups' values; `rows_of` makes readable rows of a page of them."""
    paths = [dimension.path for dimension in grouping]
    return _with_values(report, grouping, period).order_by(*paths).values(*paths).annotate(**_SUMS)


def rows_of(report: Report, grouping: Grouping, found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Groups with words: one statement for each dimension, however many rows."""
    words = [dimension.words([row[dimension.path] for row in found]) for dimension in grouping]
    rows = []
    for row in found:
        values = tuple(row[dimension.path] for dimension in grouping)
        labels = [known[value] for known, value in zip(words, values, strict=True)]
        rows.append(Row(values, labels, _sums(report, row)))
    return rows


def entries_behind(report: Report, grouping: Grouping, period: Period, chosen: Sequence[Any]) -> QuerySet[Posting]:
    """The postings behind a total (nothing chosen) or behind a row: `chosen` gives its values, None for none."""
    conditions = Q()
    for dimension, value in zip(grouping, chosen, strict=False):
        path = dimension.path
        conditions &= Q(**{f"{path}__isnull": True}) if value is None else Q(**{path: value})
    found = _with_values(report, grouping, period).filter(conditions)
    return found.select_related("account", "entry__invoice", "entry__payment", "entry__shift", "entry__posted_by")


def _with_values(report: Report, grouping: Grouping, period: Period) -> QuerySet[Posting]:
    """The report's postings with the values that have to be worked out."""
    worked_out = {one.path: one.value for one in grouping if one.value is not None}
    return postings_of(report, period).annotate(**worked_out)


_SUMS = {
    "usd": Sum("amount", filter=Q(currency=USD), default=ZERO),
    "khr": Sum("amount", filter=Q(currency=KHR), default=ZERO),
    "base": Sum("base_amount", default=ZERO),
}


def _sums(report: Report, row: Mapping[str, Any]) -> Sums:
    return Sums(*(report.sign * row[name] for name in ("usd", "khr", "base")))
