"""Credit notes: asked for, decided by somebody else, paid out by a cashier."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.forms_credits import CreditForm, RefundForm
from billing.models import CreditNote
from billing.queries.credits import visible_credits, waiting_credits
from billing.queries.worklist import running_shift, visible_invoices
from billing.services import credits
from billing.services.covers import expected_back
from billing.services.covers_back import Back
from billing.states import CreditStatus
from billing.views.papers import card_of
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from patients.banner import banner_of


@requires("invoice:view")
def credit_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person, or all credit notes of a status."""
    status = request.GET.get("status", "")
    found = visible_credits(request.user) if status else waiting_credits(request.user)
    found = found.filter(status=status) if status in CreditStatus.values else found
    context = {"page": paginate(request, found), "status": status, "statuses": CreditStatus.choices}
    return render_page(request, "billing/credit/list.html", context)


@requires("credit:request")
@exactly_once
def credit_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a credit of some lines of an invoice."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    form = CreditForm(request.POST or None, invoice=invoice)
    if request.method == "POST" and form.is_valid():
        try:
            note = credits.request_credit(
                invoice=invoice, amounts=form.amounts(), reason=form.cleaned_data["reason"], by=request.user
            )
            messages.success(request, _("The credit note waits for somebody else's approval."))
            return redirect("billing:credit-detail", note.pk)
        except DomainError as error:
            add_domain_error(form, error)
    if not invoice.can_credit and not form.is_bound:
        return redirect("billing:invoice-detail", invoice.pk)
    context = {"form": form, "invoice": invoice, "banner": banner_of(invoice.patient)}
    return render(request, "billing/credit/form.html", context, status=422 if form.is_bound else 200)


@requires("invoice:view")
def credit_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = _note(request, pk)
    record_reading(note.invoice.patient_id, "billing.credit_note")
    return _page(request, note, RefundForm())


@requires("credit:approve")
@requires_step_up
@require_POST
@exactly_once
def credit_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    credits.approve_credit(note=_note(request, pk), by=request.user)
    return redirect("billing:credit-detail", pk)


@requires("credit:approve")
@require_POST
@exactly_once
def credit_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    credits.decline_credit(note=_note(request, pk), reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:credit-detail", pk)


@requires("payment:take")
@require_POST
@exactly_once
def refund_pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pay an approved credit note out of the cashier's own drawer."""
    note, form = _note(request, pk), RefundForm(request.POST)
    if form.is_valid():
        try:
            credits.pay_refund(note=note, by=request.user, **form.way())
            return redirect("billing:credit-detail", note.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _page(request, note, form)


def _note(request: HttpRequest, pk: UUID) -> CreditNote:
    return get_object_or_404(visible_credits(request.user), pk=pk)


def _page(request: HttpRequest, note: CreditNote, form: RefundForm) -> HttpResponse:
    refund = getattr(note, "refund", None)
    cards = [card_of("credit", note)] if note.number else []
    context: dict[str, Any] = {
        "note": note,
        "invoice": note.invoice,
        "banner": banner_of(note.invoice.patient),
        "lines": note.lines.select_related("line"),
        "refund": refund,
        "cards": [*cards, card_of("refund", refund)] if refund else cards,
        "form": form,
        "shift": running_shift(request.user) if request.user.may("payment:take") else None,
        "is_own": note.requested_by_id == request.user.pk,
        "back": expected_back(note) if note.can_decide else Back(note.owed_back, note.passed_back, note.written_back),
    }
    return render(request, "billing/credit/detail.html", context, status=422 if form.is_bound else 200)
