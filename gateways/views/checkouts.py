"""Payment links by Stripe: made, shown to the payer, settled by its events."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.queries.deposits import visible_payers
from billing.queries.worklist import visible_invoices
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import hx_redirect, render_page, wants_fragment
from core.once import exactly_once
from core.paging import paginate
from core.rates import rated
from gateways.clients.stripe import SignatureWrong
from gateways.errors import GatewayOff
from gateways.forms import LinkForm
from gateways.models import Checkout
from gateways.pictures import qr_picture
from gateways.queries.checkouts import mails_about, visible_checkouts
from gateways.services import checkouts, sending
from gateways.states import RequestStatus
from patients.states import VisitKind


@requires("invoice:view")
def checkout_list(request: HttpRequest) -> HttpResponse:
    status = request.GET.get("status", "")
    found = visible_checkouts(request.user)
    found = found.filter(status=status) if status in RequestStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": RequestStatus.choices}
    return render_page(request, "gateways/checkout/list.html", context)


@requires("payment:take")
@require_POST
@exactly_once
def link_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A link over what is due on an invoice; the page of Stripe names the invoice, not the patient."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    words = _("Invoice %(number)s") % {"number": invoice.number}
    made = checkouts.link_for_invoice(invoice=invoice, words=words, by=request.user)
    return redirect("gateways:checkout-detail", made.pk)


@requires("payment:take")
@exactly_once
def deposit_link_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A link over a deposit."""
    patient = get_object_or_404(visible_payers(request.user), pk=pk)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = checkouts.link_for_deposit(
                patient=patient, branch=request.workplace.branch, words=_("Deposit"), by=request.user,
                **form.cleaned_data,
            )  # fmt: skip
            return redirect("gateways:checkout-detail", made.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "patient": patient}
    return render(request, "gateways/checkout/form.html", context, status=422 if form.is_bound else 200)


@requires("invoice:view")
def checkout_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The link as an address and as a code for the payer's telephone; goes on by itself once it is paid."""
    shown = _checkout(request, pk)
    if wants_fragment(request):
        if not shown.is_waiting:
            return hx_redirect(_onwards(shown))
        return render(request, "gateways/checkout/detail.html#state", {"shown": shown})
    record_reading(shown.patient_id, "gateways.checkout")
    context: dict[str, Any] = {"shown": shown, "mails": mails_about(shown)[:5]}
    if shown.is_waiting:
        context["picture"] = qr_picture(shown.url, _("Link to the payment page"))
    return render(request, "gateways/checkout/detail.html", context)


@rated("mail")
@requires("payment:take")
@require_POST
@exactly_once
def checkout_send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail the link to the patient."""
    _tell(request, lambda: sending.send_link(checkout=_checkout(request, pk), by=request.user))
    return redirect("gateways:checkout-detail", pk)


@rated("mail")
@requires("payment:take")
@require_POST
@exactly_once
def online_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail the patient of a telemedicine visit a link over what is due; `pk` is the invoice's."""
    invoices = visible_invoices(request.user).filter(visit__kind=VisitKind.TELEMEDICINE)
    invoice = get_object_or_404(invoices, pk=pk)
    made = _tell(request, lambda: sending.ask_online(invoice=invoice, by=request.user))
    return redirect("gateways:checkout-detail", made.pk) if made else redirect("billing:invoice-detail", pk)


@requires("payment:take")
@require_POST
@exactly_once
def checkout_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask Stripe how the link stands, for where its event did not reach us."""
    shown = checkouts.ask_stripe(_checkout(request, pk))
    if shown.is_waiting:
        messages.info(request, _("Nobody has paid with this link yet."))
    return redirect(_onwards(shown))


@requires("payment:take")
@require_POST
@exactly_once
def checkout_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    checkouts.cancel_checkout(checkout=_checkout(request, pk), by=request.user)
    return redirect("gateways:checkout-detail", pk)


@requires("gateway:decide")
@requires_step_up
@require_POST
@exactly_once
def checkout_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    checkouts.accept_disputed_checkout(checkout=_checkout(request, pk), by=request.user)
    return redirect("gateways:checkout-detail", pk)


@requires("gateway:decide")
@require_POST
@exactly_once
def checkout_dismiss(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    checkouts.dismiss_checkout(checkout=_checkout(request, pk), reason=reason, by=request.user)
    return redirect("gateways:checkout-detail", pk)


@login_not_required
@csrf_exempt
@require_POST
def stripe_events(request: HttpRequest) -> HttpResponse:
    """What Stripe tells us, believed by its signature alone; the same event again is answered and does nothing."""
    try:
        checkouts.work_off_event(payload=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except (SignatureWrong, GatewayOff):
        return HttpResponse(status=400)
    return HttpResponse(status=200)


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Where Stripe leads the payer back to: says nothing about anybody."""
    return render(request, "gateways/checkout/thanks.html")


def _tell(request: HttpRequest, send: Callable[[], Any]) -> Any:
    """Send a link and say so, or why not."""
    try:
        sent = send()
    except DomainError as error:
        messages.error(request, str(error))
        return None
    messages.success(request, _("The payment link is on its way to the patient's mail."))
    return sent


def _checkout(request: HttpRequest, pk: UUID) -> Checkout:
    return get_object_or_404(visible_checkouts(request.user), pk=pk)


def _onwards(shown: Checkout) -> str:
    if shown.payment_id:
        return reverse("billing:payment-detail", args=[shown.payment_id])
    return reverse("gateways:checkout-detail", args=[shown.pk])
