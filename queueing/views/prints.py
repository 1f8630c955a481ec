"""The slip with the number, for an 80 mm printer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.permissions import requires
from audit.services import record_printing
from core.pdf import letterhead, pdf_response, qr_svg, render_pdf
from core.rates import rated
from queueing import queries


@rated("paper")
@requires("queue:view")
@require_safe
def ticket_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Number, queue, people ahead, QR of the visit's number; never a name: slips lie around."""
    ticket = get_object_or_404(queries.visible_tickets(request.user).select_related("visit"), pk=pk)
    record_printing("queueing:ticket-print", patient_id=ticket.visit.patient_id)
    queue = ticket.queue
    context = {
        "hospital": letterhead(request.hospital, queue.branch),
        "number": ticket.label,
        "priority": ticket.get_priority_display() if ticket.priority != "normal" else "",
        "department": queue.department.name,
        "practitioner": str(queue.practitioner or ""),
        "visit": ticket.visit.number,
        "printed": ticket.created_at,
        "ahead": queries.people_ahead(ticket),
        "qr": qr_svg(ticket.visit.number),
    }
    return pdf_response(render_pdf("queueing/ticket.typ", context), f"ticket-{ticket.label}.pdf")
