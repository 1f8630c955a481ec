"""The figures of a day as tiles, charts and tables; read from the departments' own queries."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Branch
from billing.models.payment import Method
from billing.queries.ledger import Collected, collections, daily_collections
from core.charts import Chart, Series
from core.clock import today
from core.money import Money
from reports.queries.visits import VisitCounts, Wait, arrivals_by_hour, visit_counts, visits_by_day, waits_by_department

DAYS = 14
FIRST_HOUR, LAST_HOUR = 6, 20


@dataclass(frozen=True)
class DayFigures:
    """What the owner wants to know at a glance."""

    counts: VisitCounts
    waits: list[Wait]
    collected: list[tuple[str, Money]]
    totals: list[Money]
    arrivals: Chart
    visits: Chart
    money: Chart


def day_figures(branch: Branch | None = None) -> DayFigures:
    """Today's figures of a branch, or of the whole hospital."""
    day = today()
    received = collections(since=day, until=day, branch=branch)
    return DayFigures(
        counts=visit_counts(day, branch),
        waits=waits_by_department(day, branch),
        collected=[(str(Method(one.method).label), Money(one.amount, one.currency)) for one in received],
        totals=_totals(received),
        arrivals=_arrivals_chart(day, branch),
        visits=_visits_chart(day, branch),
        money=_money_chart(day, branch),
    )


def _totals(received: Iterable[Collected]) -> list[Money]:
    sums: dict[str, Decimal] = {}
    for one in received:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items(), reverse=True)]


def _arrivals_chart(day: datetime.date, branch: Branch | None) -> Chart:
    by_hour = arrivals_by_hour(day, branch)
    hours = range(min([FIRST_HOUR, *by_hour]), max([LAST_HOUR, *by_hour]) + 1)
    return Chart(
        title=_("Arrivals by hour"),
        labels=[f"{hour:02d}:00" for hour in hours],
        series=[Series(_("Visits"), [by_hour.get(hour, 0) for hour in hours], "blue")],
    )


def _last_days(day: datetime.date) -> list[datetime.date]:
    return [day - datetime.timedelta(days=back) for back in reversed(range(DAYS))]


def _visits_chart(day: datetime.date, branch: Branch | None) -> Chart:
    days = _last_days(day)
    by_day = visits_by_day(days[0], days[-1], branch)
    return Chart(
        title=_("Visits of the last 14 days"),
        labels=[f"{one:%m-%d}" for one in days],
        series=[Series(_("Visits"), [by_day.get(one, 0) for one in days], "blue")],
        kind="area",
    )


def _money_chart(day: datetime.date, branch: Branch | None) -> Chart:
    days = _last_days(day)
    rows = daily_collections(since=days[0], until=days[-1], branch=branch)
    sums = {(row["date"], row["currency"]): row["sum"] for row in rows}
    return Chart(
        title=_("Dollars and riel collected in the last 14 days"),
        labels=[f"{one:%m-%d}" for one in days],
        series=[
            Series(_("USD"), [sums.get((one, "USD"), Decimal(0)) for one in days], "green"),
            Series(_("Thousand KHR"), [sums.get((one, "KHR"), Decimal(0)) / 1000 for one in days], "orange"),
        ],
    )
