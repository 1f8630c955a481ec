"""A cashier's shift, and its acceptance by the accountant."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.queries import branches_of
from accounts.stepup import requires_step_up
from billing.forms import CountForm, NoteForm, ShiftCloseForm, ShiftOpenForm, StandInForm
from billing.models import CashCount, Shift
from billing.queries.ledger import sees_expectation, shift_expectation
from billing.queries.worklist import running_shift, visible_shifts
from billing.services import shifts
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate


@requires("shift:view")
def shift_list(request: HttpRequest) -> HttpResponse:
    found = visible_shifts(request.user).prefetch_related("totals")
    status = request.GET.get("status", "")
    if status:
        found = found.filter(status=status)
    return render_page(request, "billing/shift/list.html", {"page": paginate(request, found), "status": status})


@requires("shift:operate")
def shift_mine(request: HttpRequest) -> HttpResponse:
    """My running shift, or the form that opens one; below it those I had before."""
    running = running_shift(request.user)
    if running:
        return redirect("billing:shift-detail", running.pk)
    return redirect("billing:shift-open")


@requires("shift:operate")
@exactly_once
def shift_open(request: HttpRequest) -> HttpResponse:
    form = ShiftOpenForm(request.POST or None, branches=branches_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            shift = shifts.open_shift(drawer=form.cleaned_data["drawer"], counts=form.counts(), by=request.user)
            return redirect("billing:shift-detail", shift.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {
        "form": form,
        "running": running_shift(request.user),
        "before": Shift.objects.filter(cashier=request.user).select_related("drawer").order_by("-id")[:5],
    }
    return render(request, "billing/shift/open.html", context, status=422 if form.is_bound else 200)


@requires("shift:operate")
@exactly_once
def shift_count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The blind count: nothing on this page says what is expected."""
    shift = get_object_or_404(Shift.objects.filter(cashier=request.user), pk=pk)
    form = CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shifts.count_shift(shift=shift, counts=form.counts(), by=request.user)
            return redirect("billing:shift-close", shift.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "shift": shift}
    return render(request, "billing/shift/count.html", context, status=422 if form.is_bound else 200)


@requires("shift:operate")
@exactly_once
def shift_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.filter(cashier=request.user), pk=pk)
    if request.method == "GET" and not shift.can_close:
        return redirect("billing:shift-detail", shift.pk)
    totals = list(shift.totals.all())
    form = ShiftCloseForm(request.POST or None, totals=totals)
    # A shift without a difference sends an empty form: that one is valid, not unbound.
    form.is_bound = request.method == "POST"
    if request.method == "POST" and form.is_valid():
        try:
            shifts.close_shift(shift=shift, reasons=form.reasons(), by=request.user)
            return redirect("billing:shift-detail", shift.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "shift": shift, "totals": totals}
    return render(request, "billing/shift/close.html", context, status=422 if form.is_bound else 200)


@requires("shift:stand_in")
@requires_step_up
@exactly_once
def shift_stand_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count and close for a cashier who is not there; somebody else again accepts it."""
    shift = get_object_or_404(visible_shifts(request.user).exclude(cashier=request.user), pk=pk)
    if request.method == "GET" and not shift.is_running:
        return redirect("billing:shift-detail", shift.pk)
    form = StandInForm(request.POST or None, counted=not shift.can_count)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            shifts.stand_in(shift=shift, counts=form.counts(), reason=reason, by=request.user)
            return redirect("billing:shift-detail", shift.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "shift": shift}
    return render(request, "billing/shift/stand_in.html", context, status=422 if form.is_bound else 200)


@requires("shift:stand_in")
@require_POST
@exactly_once
def shift_look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the drawer should hold; whoever looked leaves the counting to somebody else."""
    shifts.look_at(shift=get_object_or_404(visible_shifts(request.user), pk=pk), by=request.user)
    return redirect("billing:shift-detail", pk)


@requires("invoice:view")
def shift_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The X report while it runs (without what is expected, the count is blind), the Z report afterwards."""
    shift = get_object_or_404(visible_shifts(request.user), pk=pk)
    return render(request, "billing/shift/detail.html", {**shift_figures(shift, request.user), "form": NoteForm()})


@requires("shift:accept")
@exactly_once
def shift_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    shift = get_object_or_404(visible_shifts(request.user), pk=pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shifts.accept_shift(shift=shift, by=request.user, note=form.cleaned_data["note"])
            return redirect("billing:shift-detail", shift.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {**shift_figures(shift, request.user), "form": form}
    return render(request, "billing/shift/detail.html", context, status=422 if form.is_bound else 200)


def shift_figures(shift: Shift, user: Any) -> dict[str, Any]:
    """What both reports show. Who may still count the drawer does not see the expectation."""
    sees_expected = sees_expectation(shift, user)
    return {
        "shift": shift,
        "totals": list(shift.totals.all()),
        "expected": shift_expectation(shift) if sees_expected and shift.is_open else {},
        "sees_expected": sees_expected,
        "may_stand_in": _may_stand_in(shift, user),
        "payments": shift.payments.count(),
        "counts": list(shift.counts.filter(stage=CashCount.Stage.CLOSING)),
    }


def _may_stand_in(shift: Shift, user: Any) -> bool:
    if not shift.is_running or shift.cashier_id == user.pk or not user.may("shift:stand_in"):
        return False
    return not shift.is_open or not shift.looks.filter(by=user).exists()
