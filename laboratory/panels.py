"""What the laboratory shows on the pages of others: orders beside the encounter, results in the chart."""

from typing import Any

from django.urls import reverse

from clinical.services.closing import hold_open
from clinical.services.encounters import await_results_of
from core.panels import Panel, register
from laboratory.charting import trends_of
from laboratory.forms.orders import OrderForm
from laboratory.presentation import present
from laboratory.queries.catalogue import panels_with_tests
from laboratory.queries.orders import orders_of_encounter
from laboratory.queries.results import latest_results, still_to_come, unfinished


def encounter_panel(request, encounter) -> dict[str, Any]:
    """Orders of this encounter and, while it may be written in, the form for the next one."""
    may_order = encounter.is_writable and request.user.may("lab_order:create")
    return order_context(encounter, may_order=may_order, url=reverse("laboratory:order-new", args=[encounter.pk]))


def order_context(encounter, *, may_order: bool, url: str) -> dict[str, Any]:
    """What the template of orders shows; `url` takes the form."""
    return {
        "lab_order_url": url,
        "encounter": encounter,
        "lab_orders": list(orders_of_encounter(encounter)),
        "lab_form": OrderForm() if may_order else None,
        "lab_panels": panels_with_tests() if may_order else [],
        "chosen_panels": [],
        "chosen_tests": [],
    }


def chart_panel(request, patient) -> dict[str, Any] | None:
    """The newest result of each test, with a curve of the numbers that were measured more than once."""
    shown = present(latest_results(patient))
    return {"patient": patient, "lab_results": shown, "lab_charts": trends_of(patient, shown)} if shown else None


await_results_of(still_to_come)
hold_open(unfinished)
register(
    Panel(
        slot="encounter",
        order=40,
        permission="lab_order:view",
        template="laboratory/panels/encounter.html",
        context=encounter_panel,
    )
)
register(
    Panel(
        slot="chart",
        order=40,
        permission="lab_result:view",
        template="laboratory/panels/chart.html",
        context=chart_panel,
        can_wait=True,
    )
)
