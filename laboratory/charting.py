"""Curves of a patient's results over time."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.charts import Chart, Series
from laboratory.models import Result
from laboratory.presentation import Shown
from laboratory.queries.results import trends
from laboratory.units import readable
from laboratory.values import number_in

CURVES = 3  # on the chart; every test has a page of its own


def trends_of(patient: Any, shown: Iterable[Shown]) -> list[Chart]:
    """Curves of the tests shown first that were measured at least twice."""
    tests = [one.test for one in shown if one.test.is_number]
    found = trends(patient, tests)
    return [curve(test, found[test.pk]) for test in tests if len(found.get(test.pk, ())) > 1][:CURVES]


def curve(test: Any, results: list[Result]) -> Chart:
    """One test's numbers by day of collection, with the limits each was judged by."""
    return Chart(
        title=test.name,
        kind="line",
        unit=readable(test.unit),
        height="sm",
        axis=_("Collected"),
        labels=[f"{timezone.localtime(one.specimen.collected_at):%Y-%m-%d %H:%M}" for one in results],
        series=[
            Series(_("Result"), [number_in(one.value) for one in results], tone="blue"),
            Series(_("Lower limit"), [one.range_low for one in results], tone="grey"),
            Series(_("Upper limit"), [one.range_high for one in results], tone="grey"),
        ],
    )
