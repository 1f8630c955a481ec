"""What membership adds to pages of the patients room."""

from typing import Any

from django.http import HttpRequest

from core.panels import Panel, register
from crm.queries import membership_of, standing_of
from patients.models import Family, Patient


def family_panel(request: HttpRequest, family: Family) -> dict[str, Any]:
    return {"family": family, "standing": standing_of(family)}


def chart_panel(request: HttpRequest, patient: Patient) -> dict[str, Any] | None:
    membership = membership_of(patient.family)
    if membership is None:
        return None
    return {"family": patient.family, "standing": standing_of(patient.family, membership)}


register(
    Panel(slot="family", order=10, permission="membership:view", template="crm/_membership.html", context=family_panel)
)
register(
    Panel(
        slot="chart-side",
        order=40,
        permission="membership:view",
        template="crm/_chart.html",
        context=chart_panel,
        can_wait=True,
    )
)
