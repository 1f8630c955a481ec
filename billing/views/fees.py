"""Doctors' fees: the shares agreed, what is owed, statements by month, and paying out."""

import datetime
import re
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import requires
from accounts.stepup import requires_step_up
from billing.forms_fees import FeePayForm, PayoutForm, PerformerForm, ShareForm
from billing.models import FeeAccount, FeePayout, FeeRule
from billing.queries import fees as found
from billing.queries.worklist import running_shift, visible_invoices
from billing.services.fees import agree_share, end_share
from billing.services.payouts import decline_payout, pay_payout, request_payout
from billing.services.performers import name_performer
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("fee:view")
def fee_list(request: HttpRequest) -> HttpResponse:
    """What is owed to each doctor."""
    return render_page(request, "billing/fee/list.html", {"page": paginate(request, found.owed_to_doctors())})


@requires("fee:view")
def fee_statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _statement_page(request, get_object_or_404(User, pk=pk))


@requires("fee:name")
@exactly_once
def performer_name(request: HttpRequest, pk: UUID, charge_pk: UUID) -> HttpResponse:
    """Say who did the work of a draft's or an issued invoice's line: fees and revenue by doctor follow it."""
    invoice = get_object_or_404(visible_invoices(request.user), pk=pk)
    line = get_object_or_404(invoice.lines.select_related("charge"), charge=charge_pk, live=True)
    form = PerformerForm(request.POST or None, by=request.user, initial={"performer": line.performer_id})
    if request.method == "POST" and form.is_valid():
        try:
            name_performer(invoice=invoice, charge=line.charge, by=request.user, **form.cleaned_data)
            return redirect("billing:invoice-detail", invoice.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "invoice": invoice, "line": line}
    return render(request, "billing/invoice/performer.html", context, status=422 if form.is_bound else 200)


@requires("fee:request")
@require_POST
@exactly_once
def payout_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to pay a doctor; somebody else does."""
    doctor = get_object_or_404(User, pk=pk)
    form = PayoutForm(request.POST, doctor=doctor)
    if form.is_valid():
        try:
            payout = request_payout(branch=request.workplace.branch, by=request.user, **form.cleaned_data)
            return redirect("billing:payout-detail", payout.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _statement_page(request, doctor, form)


@requires("fee:pay")
def payout_list(request: HttpRequest) -> HttpResponse:
    """What was asked for and what was paid, the newest first."""
    return render_page(request, "billing/fee/payouts.html", {"page": paginate(request, found.payouts())})


@requires("fee:pay")
def payout_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _payout_page(request, get_object_or_404(found.payouts(), pk=pk))


@requires("fee:pay")
@requires_step_up
@require_POST
@exactly_once
def payout_pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the notes, or record the transfer that was made."""
    payout = get_object_or_404(found.payouts(), pk=pk)
    form = FeePayForm(request.POST, in_cash=bool(_drawer(request)))
    if form.is_valid():
        try:
            pay_payout(payout=payout, by=request.user, **form.way())
            return redirect("billing:payout-detail", payout.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _payout_page(request, payout, form)


@requires("fee:pay")
@require_POST
@exactly_once
def payout_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    payout = get_object_or_404(found.payouts(), pk=pk)
    decline_payout(payout=payout, reason=request.POST.get("reason", "")[:200], by=request.user)
    return redirect("billing:payout-detail", payout.pk)


@requires("fee:view")
def share_list(request: HttpRequest) -> HttpResponse:
    page = paginate(request, found.rules())
    return render_page(request, "billing/fee/shares.html", {"page": page, "today": today()})


@requires("fee:agree")
@requires_step_up
@exactly_once
def share_new(request: HttpRequest) -> HttpResponse:
    form = ShareForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            agree_share(by=request.user, **form.terms())
            return redirect("billing:share-list")
        except DomainError as error:
            add_domain_error(form, error)
    return render(request, "billing/fee/share_form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("fee:agree")
@require_POST
@exactly_once
def share_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    end_share(rule=get_object_or_404(FeeRule, pk=pk), by=request.user)
    return redirect("billing:share-list")


def _statement_page(request: HttpRequest, doctor: User, form: PayoutForm | None = None) -> HttpResponse:
    month = _month(request)
    statement = found.statement_of(doctor, month)
    owed = FeeAccount.objects.filter(doctor=doctor).order_by("-currency")
    may_ask = request.user.may("fee:request") and doctor != request.user and any(one.balance > 0 for one in owed)
    context = {
        "doctor": doctor,
        "owed": owed,
        "month": month,
        "earlier": (month - datetime.timedelta(days=1)).replace(day=1),
        "later": (month + datetime.timedelta(days=32)).replace(day=1),
        "columns": statement.columns,
        "page": paginate(request, statement.moves),
        "form": form or (PayoutForm(doctor=doctor) if may_ask else None),
    }
    return render(request, "billing/fee/statement.html", context, status=422 if form else 200)


def _month(request: HttpRequest) -> datetime.date:
    """The first day of the month that is asked for (?month=2026-11), else of this one."""
    asked = request.GET.get("month", "")
    if not asked:
        return today().replace(day=1)
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked):
        raise Http404
    return datetime.date.fromisoformat(f"{asked}-01")


def _drawer(request: HttpRequest) -> Any:
    shift = running_shift(request.user) if request.user.may("shift:operate") else None
    return shift if shift and shift.is_open else None


def _payout_page(request: HttpRequest, payout: FeePayout, form: FeePayForm | None = None) -> HttpResponse:
    own = request.user.pk in {payout.requested_by_id, payout.doctor_id}
    if form is None and payout.can_decide and request.user.may("fee:pay") and not own:
        form = FeePayForm(in_cash=bool(_drawer(request)))
    context = {"payout": payout, "form": form, "own": own}
    status = 422 if form and form.is_bound else 200
    return render(request, "billing/fee/payout.html", context, status=status)
