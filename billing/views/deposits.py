"""Deposits: what is held, taking more, and paying back with four eyes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from audit.services import record_reading
from billing.forms_deposits import DepositForm, DepositPayForm, DepositRefundForm
from billing.models import DepositAccount, DepositRefund
from billing.queries import deposits as found
from billing.queries.worklist import running_shift
from billing.services import deposit_refunds
from billing.services.deposits import take_deposit
from billing.views.papers import card_of
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import FIELD, exactly_once
from core.paging import paginate
from patients.banner import banner_of


@requires("deposit:view")
def deposit_list(request: HttpRequest) -> HttpResponse:
    """What is held for whom; or the refunds that wait for this person."""
    waiting = request.GET.get("show") == "refunds"
    rows: QuerySet[Any] = found.waiting_refunds(request.user) if waiting else found.visible_accounts(request.user)
    context = {"page": paginate(request, rows), "waiting": waiting, "held": found.held_in_all()}
    return render_page(request, "billing/deposit/list.html", context)


@requires("deposit:view")
def deposit_patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is held for a patient and the family, and how it moved."""
    patient = get_object_or_404(found.visible_payers(request.user), pk=pk)
    record_reading(patient.pk, "billing.deposit")
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "accounts": _accounts(patient),
        "refunds": found.visible_refunds(request.user).filter(patient=patient)[:20],
        "page": paginate(request, found.moves_for(patient)),
        "card": card_of("statement", patient),
    }
    return render_page(request, "billing/deposit/patient.html", context)


@requires("payment:take")
@exactly_once
def deposit_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take money in advance into the cashier's own open shift."""
    patient = get_object_or_404(found.visible_payers(request.user), pk=pk)
    form = DepositForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deposit = take_deposit(
                patient=patient,
                tenders=form.tenders(),
                for_family=form.cleaned_data["for_family"],
                key=UUID(request.POST[FIELD]),
                by=request.user,
            )
            return redirect("billing:deposit-detail", deposit.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "patient": patient, "banner": banner_of(patient), "shift": running_shift(request.user)}
    return render(request, "billing/deposit/form.html", context, status=422 if form.is_bound else 200)


@requires("deposit:view")
def deposit_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    deposit = get_object_or_404(found.visible_deposits(request.user), pk=pk)
    record_reading(deposit.patient_id, "billing.deposit")
    context = {"deposit": deposit, "banner": banner_of(deposit.patient), "card": card_of("deposit", deposit)}
    return render(request, "billing/deposit/detail.html", context)


@requires("deposit:request")
@exactly_once
def refund_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to pay a deposit back."""
    patient = get_object_or_404(found.visible_payers(request.user), pk=pk)
    accounts = _accounts(patient).filter(balance__gt=0)
    form = DepositRefundForm(request.POST or None, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        try:
            refund = deposit_refunds.request_deposit_refund(patient=patient, by=request.user, **form.cleaned_data)
            messages.success(request, _("The refund waits for somebody else's approval."))
            return redirect("billing:deposit-refund", refund.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "patient": patient, "banner": banner_of(patient), "held": bool(accounts)}
    return render(request, "billing/deposit/refund_form.html", context, status=422 if form.is_bound else 200)


@requires("deposit:view")
def refund_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    refund = _refund(request, pk)
    record_reading(refund.patient_id, "billing.deposit")
    return _refund_page(request, refund, DepositPayForm())


@requires("deposit:approve")
@requires_step_up
@require_POST
@exactly_once
def refund_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    deposit_refunds.approve_deposit_refund(refund=_refund(request, pk), by=request.user)
    return redirect("billing:deposit-refund", pk)


@requires("deposit:approve")
@require_POST
@exactly_once
def refund_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    deposit_refunds.decline_deposit_refund(refund=_refund(request, pk), reason=reason, by=request.user)
    return redirect("billing:deposit-refund", pk)


@requires("payment:take")
@require_POST
@exactly_once
def refund_pay_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pay an approved refund out of the cashier's own drawer."""
    refund, form = _refund(request, pk), DepositPayForm(request.POST)
    if form.is_valid():
        try:
            deposit_refunds.pay_deposit_refund(refund=refund, by=request.user, **form.way())
            return redirect("billing:deposit-refund", refund.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _refund_page(request, refund, form)


def _accounts(patient: Any) -> QuerySet[DepositAccount]:
    return found.accounts_for(patient.pk, patient.family_id).order_by("family", "-currency")


def _refund(request: HttpRequest, pk: UUID) -> DepositRefund:
    return get_object_or_404(found.visible_refunds(request.user), pk=pk)


def _refund_page(request: HttpRequest, refund: DepositRefund, form: DepositPayForm) -> HttpResponse:
    context = {
        "refund": refund,
        "banner": banner_of(refund.patient),
        "form": form,
        "shift": running_shift(request.user) if request.user.may("payment:take") else None,
        "is_own": refund.requested_by_id == request.user.pk,
        "card": card_of("deposit-refund", refund) if refund.number else None,
    }
    return render(request, "billing/deposit/refund.html", context, status=422 if form.is_bound else 200)
