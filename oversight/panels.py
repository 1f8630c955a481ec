"""What this room shows on a patient's chart, to whoever may see the trail."""

from typing import Any

from django.http import HttpRequest

from core.panels import Panel, register
from oversight.queries.readers import readings_of

SHOWN = 5


def readers_panel(request: HttpRequest, patient: Any) -> dict[str, Any]:
    return {"readings": list(readings_of(patient.pk)[:SHOWN])}


register(
    Panel(
        slot="chart-side",
        order=90,
        permission="audit:view",
        template="oversight/patient/_panel.html",
        context=readers_panel,
    )
)
