"""A payment and its receipt: printed, sent to the patient as a link, opened by that link."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import requires
from audit.services import record_printing, record_reading
from billing.forms import PrintForm
from billing.links import print_of
from billing.models import Payment, ReceiptPrint
from billing.queries.worklist import visible_payments
from billing.services.prints import record_print
from billing.services.receipt_links import send_receipt
from core.errors import DomainError
from core.once import exactly_once
from core.pdf import pdf_response
from core.rates import rated


@requires("invoice:view")
def payment_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    payment = _payment(request, pk)
    record_reading(payment.invoice.patient_id, "billing.payment")
    form = PrintForm(initial={"language": payment.invoice.patient.preferred_language, "paper": "80mm"})
    return _payment_page(request, payment, form)


def _payment_page(request: HttpRequest, payment: Payment, form: PrintForm) -> HttpResponse:
    context = {
        "payment": payment,
        "invoice": payment.invoice,
        "tenders": payment.tenders.all(),
        "changes": payment.changes.all(),
        "prints": payment.prints.select_related("printed_by"),
        "form": form,
    }
    return render(request, "billing/payment/detail.html", context, status=422 if form.is_bound else 200)


@requires("receipt:print")
@require_POST
@exactly_once
def receipt_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count the printing, then show it: the address of one printing always gives the same paper."""
    payment = _payment(request, pk)
    form = PrintForm(request.POST)
    if not form.is_valid():
        return _payment_page(request, payment, form)
    printed = record_print(payment=payment, by=request.user, **form.cleaned_data)
    return redirect("billing:receipt-show", printed.pk)


@rated("paper")
@requires("receipt:print")
def receipt_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = ReceiptPrint.objects.filter(payment__in=visible_payments(request.user))
    printed = get_object_or_404(found.select_related("payment__invoice"), pk=pk)
    record_printing("billing:receipt-show", patient_id=printed.payment.invoice.patient_id)
    return pdf_response(*_drawn(request, printed))


@requires("receipt:print")
@require_POST
@exactly_once
def receipt_send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail the patient a link to the receipt."""
    try:
        send_receipt(payment=_payment(request, pk), by=request.user)
        messages.success(request, _("The receipt is on its way to the patient's mail."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("billing:payment-detail", pk)


@login_not_required
@require_safe
def receipt_open(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail opens, without signing in: this one paper, for a few days."""
    found = ReceiptPrint.objects.filter(payment__invoice__patient__closed_at=None).select_related("payment__invoice")
    pk = print_of(token)
    printed = found.filter(pk=pk).first() if pk else None
    if printed is None:
        raise Http404
    record_printing("billing:receipt-open", patient_id=printed.payment.invoice.patient_id)
    response = pdf_response(*_drawn(request, printed))
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _payment(request: HttpRequest, pk: UUID) -> Payment:
    return get_object_or_404(visible_payments(request.user), pk=pk)


def _drawn(request: HttpRequest, printed: ReceiptPrint) -> tuple[bytes, str]:
    """The paper and the name of its file."""
    from billing.printing import receipt_pdf  # the PDF engine is large; pages that print nothing do without it

    pdf = receipt_pdf(printed, hospital=request.hospital)
    return pdf, f"{printed.payment.number}-{printed.copy}.pdf"
