"""Discounts and exemptions: asked for on a draft, decided by somebody else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.forms_concessions import ConcessionForm, ExemptionForm, PromotionCodeForm, RulesForm
from billing.models import Concession, Invoice
from billing.queries.concessions import active_funds, visible_concessions, waiting_concessions
from billing.queries.worklist import visible_invoices
from billing.services import concessions
from billing.services.promotions import enter_promotion
from billing.states import DecisionStatus
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from core.preferences import preference
from patients.banner import banner_of


@requires("concession:request")
@exactly_once
def discount_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A discount on a draft: it counts at once up to the limit, and waits for somebody else above it."""
    invoice = _draft(request, pk)
    form = ConcessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = concessions.ask_discount(
                invoice=invoice, rate=form.rate(), reason=form.cleaned_data["reason"], by=request.user
            )
            return _asked(request, invoice, waiting)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice, "limit": preference("billing.discount_limit")}
    return render(request, "billing/concession/discount.html", context, status=422 if form.is_bound else 200)


@requires("concession:request")
@exactly_once
def exemption_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that a fund pays a share of a draft."""
    invoice = _draft(request, pk)
    form = ExemptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = concessions.ask_exemption(
                invoice=invoice,
                fund=form.cleaned_data["fund"],
                rate=form.rate(),
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
            return _asked(request, invoice, waiting)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice, "funds": active_funds()}
    return render(request, "billing/concession/exemption.html", context, status=422 if form.is_bound else 200)


@requires("invoice:issue")
@require_POST
@exactly_once
def exemption_drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    concessions.drop_exemption(invoice=_draft(request, pk), by=request.user)
    return redirect("billing:invoice-detail", pk)


@requires("invoice:issue")
@require_POST
@exactly_once
def promotion_enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code a patient brings along; the better of it and the membership counts."""
    form = PromotionCodeForm(request.POST)
    if form.is_valid():
        try:
            invoice = enter_promotion(invoice=_draft(request, pk), code=form.cleaned_data["code"], by=request.user)
            if invoice.promotion_code and invoice.promotion is None:
                messages.info(request, _("Another discount of this invoice is better than the promotion."))
        except DomainError as error:
            messages.error(request, str(error))
    return redirect("billing:invoice-detail", pk)


@requires("invoice:view")
def concession_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person, or all concessions of a status."""
    status = request.GET.get("status", "")
    found = visible_concessions(request.user) if status else waiting_concessions(request.user)
    found = found.filter(status=status) if status in DecisionStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": DecisionStatus.choices}
    return render_page(request, "billing/concession/list.html", context)


@requires("invoice:view")
def concession_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    concession = _concession(request, pk)
    invoice = concession.invoice
    record_reading(invoice.patient_id, "billing.concession")
    context = {
        "concession": concession,
        "invoice": invoice,
        "banner": banner_of(invoice.patient),
        "lines": invoice.lines.order_by("position"),
        "is_own": concession.requested_by_id == request.user.pk,
    }
    return render(request, "billing/concession/detail.html", context)


@requires("concession:approve")
@requires_step_up
@require_POST
@exactly_once
def concession_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    concessions.approve_concession(concession=_concession(request, pk), by=request.user)
    return redirect("billing:concession-detail", pk)


@requires("concession:approve")
@require_POST
@exactly_once
def concession_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    concessions.decline_concession(concession=_concession(request, pk), reason=reason, by=request.user)
    return redirect("billing:concession-detail", pk)


@requires("discount:override")
@requires_step_up
@exactly_once
def discount_rules(request: HttpRequest) -> HttpResponse:
    """Up to which discount a cashier needs nobody else."""
    form = RulesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.store(by=request.user):
        messages.success(request, _("The rules were changed."))
        return redirect("billing:concession-list")
    return render(request, "billing/concession/rules.html", {"form": form}, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, invoice: Invoice, waiting: Concession | None) -> HttpResponse:
    if waiting:
        messages.success(request, _("It waits for somebody else's approval."))
    return redirect("billing:invoice-detail", invoice.pk)


def _draft(request: HttpRequest, pk: UUID) -> Invoice:
    return get_object_or_404(visible_invoices(request.user), pk=pk)


def _concession(request: HttpRequest, pk: UUID) -> Concession:
    return get_object_or_404(visible_concessions(request.user), pk=pk)
