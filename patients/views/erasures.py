"""Requests to erase or close records, and legal holds: by the record's number, never by the name."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.paging import paginate
from patients.forms.erasure import DecisionForm, ErasureForm, HoldForm, LiftForm
from patients.hindrances import hindrances_of
from patients.holdings import counts_in_words
from patients.models import Erasure
from patients.queries.erasures import visible_erasures, visible_holds
from patients.retention import kept_until
from patients.services.erasures import (
    approve_erasure,
    ask_for_erasure,
    lift_hold,
    refuse_erasure,
    set_hold,
    take_back_erasure,
)


@requires("rights:serve")
@require_GET
def erasure_list(request: HttpRequest) -> HttpResponse:
    """Every request, and the holds that stand."""
    holds = visible_holds(request.user).filter(lifted_at=None)[:50]
    context = {"page": paginate(request, visible_erasures(request.user)), "holds": holds}
    return render(request, "patients/erasure/list.html", context)


@requires("erasure:request")
@requires_step_up
@exactly_once
def erasure_new(request: HttpRequest) -> HttpResponse:
    form = ErasureForm(request.POST or None, initial={"number": request.GET.get("number", "")[:20], "kind": "erase"})
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("kind", "reason")}
        try:
            erasure = ask_for_erasure(patient=form.patient, by=request.user, **facts)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:erasure-detail", erasure.pk)
    return render(request, "patients/erasure/form.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("rights:serve")
@require_GET
def erasure_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request: what stands in the way, who decides, what was done."""
    return _page(request, get_object_or_404(visible_erasures(request.user), pk=pk), DecisionForm())


@requires("erasure:decide")
@requires_step_up
@require_POST
@exactly_once
def erasure_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    erasure = get_object_or_404(visible_erasures(request.user), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        decide = approve_erasure if form.cleaned_data["decision"] == "approve" else refuse_erasure
        try:
            decide(erasure=erasure, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:erasure-detail", erasure.pk)
    return _page(request, erasure, form, status=422)


@requires("erasure:request")
@require_POST
@exactly_once
def erasure_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    erasure = get_object_or_404(visible_erasures(request.user), pk=pk)
    take_back_erasure(erasure=erasure, by=request.user)
    return redirect("patients:erasure-detail", erasure.pk)


@requires("hold:set")
@requires_step_up
@exactly_once
def hold_new(request: HttpRequest) -> HttpResponse:
    form = HoldForm(request.POST or None, initial={"number": request.GET.get("number", "")[:20]})
    if request.method == "POST" and form.is_valid():
        try:
            set_hold(patient=form.patient, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:erasure-list")
    return render(request, "patients/erasure/hold.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("hold:set")
@requires_step_up
@exactly_once
def hold_lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    hold = get_object_or_404(visible_holds(request.user), pk=pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lift_hold(hold=hold, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("patients:erasure-list")
    context = {"form": form, "hold": hold}
    return render(request, "patients/erasure/lift.html", context, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, erasure: Erasure, form: DecisionForm, status: int = 200) -> HttpResponse:
    patient = erasure.patient
    context = {
        "erasure": erasure,
        "form": form,
        "may_decide": erasure.awaits_decision and erasure.asked_by_id != request.user.pk,
        "hindrances": [] if patient.erased_at or erasure.kind != "erase" else hindrances_of(patient),
        "kept_until": None if patient.erased_at else kept_until(patient),
        "counts": counts_in_words(erasure.counts),
    }
    return render(request, "patients/erasure/detail.html", context, status=status)
