"""What membership adds to pages of the patients room."""

from typing import Any

from django.http import HttpRequest

from core.panels import Panel, register
from crm.queries import discount_for, membership_of, next_tier
from patients.models import Family, Patient


def family_panel(request: HttpRequest, family: Family) -> dict[str, Any]:
    membership = membership_of(family)
    discount = discount_for(family)
    return {"family": family, "membership": membership, "discount": discount, "next_tier": next_tier(membership)}


def chart_panel(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    return family_panel(request, patient.family)


register(
    Panel(slot="family", order=10, permission="membership:view", template="crm/_membership.html", context=family_panel)
)
register(
    Panel(slot="chart-side", order=40, permission="membership:view", template="crm/_chart.html", context=chart_panel)
)
