"""What this room shows on the pages of others: ways to pay beside the cashier's tender."""

from typing import Any

from django.http import HttpRequest

from core.panels import Panel, register
from gateways.queries.checkouts import ways_in_use
from patients.states import VisitKind


def other_ways(request: HttpRequest, invoice: Any) -> dict[str, Any] | None:
    """Buttons beside the cashier's tender, where an account is in use."""
    ways = ways_in_use()
    return {"invoice": invoice, "ways": ways} if ways else None


def deposit_link(request: HttpRequest, patient: Any) -> dict[str, Any] | None:
    return {"patient": patient} if "stripe" in ways_in_use() else None


def online_payment(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """`subject` is an invoice, or a visit: what of a telemedicine visit is issued and not paid."""
    visit = getattr(subject, "visit", subject)
    if visit.kind != VisitKind.TELEMEDICINE or "stripe" not in ways_in_use():
        return None
    invoices = [subject] if subject is not visit else visit.invoices.order_by("id")
    owing = [invoice for invoice in invoices if invoice.is_owing]
    return {"owing": owing} if owing else None


for slot in ("invoice-acts", "visit-acts"):
    register(Panel(slot=slot, permission="payment:take", template="gateways/_ask.html", context=online_payment))
register(
    Panel(
        slot="deposits",
        order=10,
        permission="payment:take",
        template="gateways/_deposit_link.html",
        context=deposit_link,
    )
)
register(
    Panel(
        slot="payment",
        order=10,
        permission="payment:take",
        template="gateways/_button.html",
        context=other_ways,
    )
)
