"""A KHQR code on the cashier's screen, from asking to paid."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.queries.worklist import visible_invoices
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import hx_redirect, render_page, wants_fragment
from core.once import exactly_once
from core.paging import paginate
from core.rates import rated
from gateways.forms import QrForm
from gateways.models import QrRequest
from gateways.pictures import qr_picture
from gateways.queries.requests import visible_requests
from gateways.services import confirming, requests
from gateways.states import RequestStatus
from gateways.tasks import ask_about_codes


@requires("invoice:view")
def qr_list(request: HttpRequest) -> HttpResponse:
    """The codes of a state; first those that somebody has to look at."""
    status = request.GET.get("status", "")
    found = visible_requests(request.user)
    found = found.filter(status=status) if status in RequestStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": RequestStatus.choices}
    return render_page(request, "gateways/qr/list.html", context)


@requires("payment:take")
@require_POST
@exactly_once
def qr_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A code over all that is due; asked for twice it is the same code."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    return redirect("gateways:qr-detail", requests.request_qr(invoice=invoice, by=request.user).pk)


@requires("payment:take")
@exactly_once
def qr_other(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A code over part of it, or in the other currency."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    form = QrForm(request.POST or None, initial={"currency": invoice.currency})
    if request.method == "POST" and form.is_valid():
        try:
            made = requests.request_qr(invoice=invoice, by=request.user, **form.cleaned_data)
            return redirect("gateways:qr-detail", made.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice}
    return render(request, "gateways/qr/form.html", context, status=422 if form.is_bound else 200)


@requires("invoice:view")
def qr_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code large; asked again every few seconds, the page goes on to the receipt once it is paid."""
    shown = _request(request, pk)
    if wants_fragment(request):
        if not shown.is_waiting:
            return hx_redirect(_onwards(shown))
        return render(request, "gateways/qr/detail.html#state", {"shown": shown})
    record_reading(shown.invoice.patient_id, "gateways.qr")
    context: dict[str, Any] = {
        "shown": shown,
        "picture": qr_picture(shown.code, _("KHQR code to be scanned")) if shown.is_waiting else "",
        "receipts": shown.receipts.all(),
    }
    return render(request, "gateways/qr/detail.html", context)


@rated("paper")
@requires("payment:take")
@require_POST
@exactly_once
def qr_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the bank be asked at once, instead of at the next time planned; the page shows what it says."""
    shown = _request(request, pk)
    if requests.ask_soon(shown.md5):
        transaction.on_commit(partial(ask_about_codes.delay))
        messages.info(request, _("The bank is being asked."))
    return redirect("gateways:qr-detail", pk)


@requires("payment:take")
@require_POST
@exactly_once
def qr_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    shown = requests.cancel_qr(request=_request(request, pk), by=request.user)
    return redirect("billing:payment-new", shown.invoice_id)


@requires("gateway:decide")
@requires_step_up
@require_POST
@exactly_once
def qr_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What really came is held for the patient."""
    confirming.accept_disputed(request=_request(request, pk), by=request.user)
    return redirect("gateways:qr-detail", pk)


@requires("gateway:decide")
@require_POST
@exactly_once
def qr_dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    confirming.dismiss_disputed(request=_request(request, pk), reason=reason, by=request.user)
    return redirect("gateways:qr-detail", pk)


def _request(request: HttpRequest, pk: UUID) -> QrRequest:
    return get_object_or_404(visible_requests(request.user), pk=pk)


def _onwards(shown: QrRequest) -> str:
    if shown.payment_id:
        return reverse("billing:payment-detail", args=[shown.payment_id])
    return reverse("gateways:qr-detail", args=[shown.pk])
