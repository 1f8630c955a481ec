"""A payment: what was received, and its receipt."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import requires
from audit.services import record_reading
from billing.queries.worklist import visible_payments
from billing.views.papers import card_of


@requires("invoice:view")
def payment_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment = get_object_or_404(visible_payments(request.user), pk=pk)
    record_reading(payment.invoice.patient_id, "billing.payment")
    context = {
        "payment": payment,
        "invoice": payment.invoice,
        "tenders": payment.tenders.all(),
        "changes": payment.changes.all(),
        "card": card_of("receipt", payment),
    }
    return render(request, "billing/payment/detail.html", context)
