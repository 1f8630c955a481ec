"""What this room shows on the pages of others: the money status of a visit."""

from typing import Any

from django.http import HttpRequest

from billing.queries.worklist import money_status
from core.panels import Panel, register


def visit_money(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """`subject` is a visit, or something of a visit such as an encounter; nothing before the first charge."""
    visit = getattr(subject, "visit", subject)
    money = money_status(visit)
    return {"money": money, "visit": visit} if money.charges else None


def patient_money(request: HttpRequest, patient: Any) -> dict[str, Any] | None:
    """On the chart: what the patient's newest visit costs."""
    visit = patient.visits.order_by("-id").first()
    return visit_money(request, visit) if visit else None


register(
    Panel(slot="encounter", order=90, permission="charge:view", template="billing/_panel.html", context=visit_money)
)
register(
    Panel(
        slot="chart",
        order=90,
        permission="charge:view",
        template="billing/_panel.html",
        context=patient_money,
        can_wait=True,
    )
)
