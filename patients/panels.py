"""What this room adds to its own chart."""

from typing import Any

from django.http import HttpRequest

from core.panels import Panel, register
from patients.models import Patient
from patients.queries.consents import standings_of


def consents_panel(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    """What the patient decided, and how much was never asked."""
    standings = standings_of(patient)
    return {"decided": [one for one in standings if one.last], "unasked": sum(one.last is None for one in standings)}


register(
    Panel(
        slot="chart-side",
        order=60,
        permission="consent:view",
        template="patients/consent/_panel.html",
        context=consents_panel,
        can_wait=True,
    )
)
register(Panel(slot="chart-actions", order=90, permission="rights:view", template="patients/rights/_action.html"))
