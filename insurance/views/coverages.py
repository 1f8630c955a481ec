"""A patient's coverages: recorded, corrected, checked with the payer, and what the payer gave leave for."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from core.clock import today
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from insurance.forms import AuthorisationForm, CheckForm, CoverageForm, DecisionForm
from insurance.models import Coverage
from insurance.queries import coverages_of, visible_authorisations, visible_coverages
from insurance.services import coverages
from patients.banner import banner_of
from patients.queries import visible_patients


@requires("coverage:view")
def coverage_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every coverage of a patient."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_reading(patient.pk, "insurance.coverage")
    day = today()
    rows = [(one, one.holds_on(day)) for one in coverages_of(patient)]
    context = {"patient": patient, "banner": banner_of(patient), "rows": rows}
    return render(request, "insurance/coverage/list.html", context)


@requires("coverage:edit")
@exactly_once
def coverage_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    form = CoverageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            coverage = coverages.add_coverage(patient=patient, by=request.user, **form.cleaned_data)
            return redirect("insurance:coverage-detail", coverage.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return _form(request, form, patient, "insurance/coverage/form.html")


@requires("coverage:view")
def coverage_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    coverage = _coverage(request, pk)
    record_reading(coverage.patient_id, "insurance.coverage")
    return _page(request, coverage, CheckForm(), AuthorisationForm())


@requires("coverage:edit")
@exactly_once
def coverage_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    coverage = _coverage(request, pk)
    names = ("member_number", "valid_from", "valid_to", "year_cap")
    initial = {name: getattr(coverage, name) for name in names}
    form = CoverageForm(request.POST or None, coverage=coverage, initial=initial)
    if request.method == "POST" and form.is_valid():
        coverages.change_coverage(coverage=coverage, by=request.user, **form.cleaned_data)
        return redirect("insurance:coverage-detail", coverage.pk)
    return _form(request, form, coverage.patient, "insurance/coverage/form.html", coverage=coverage)


@requires("coverage:edit")
@require_POST
@exactly_once
def eligibility_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    coverage, form = _coverage(request, pk), CheckForm(request.POST)
    if form.is_valid():
        coverages.check_eligibility(coverage=coverage, by=request.user, **form.cleaned_data)
        return redirect("insurance:coverage-detail", coverage.pk)
    return _page(request, coverage, form, AuthorisationForm())


@requires("coverage:edit")
@require_POST
@exactly_once
def authorisation_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    coverage, form = _coverage(request, pk), AuthorisationForm(request.POST)
    if form.is_valid():
        coverages.request_authorisation(
            coverage=coverage, scope=form.scope(), note=form.cleaned_data["note"], by=request.user
        )
        return redirect("insurance:coverage-detail", coverage.pk)
    return _page(request, coverage, CheckForm(), form)


@requires("coverage:edit")
@exactly_once
def authorisation_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    authorisation = get_object_or_404(visible_authorisations(request.user), pk=pk)
    form = DecisionForm(request.POST or None, initial={"valid_from": today()})
    if request.method == "POST" and form.is_valid():
        try:
            coverages.decide_authorisation(authorisation=authorisation, by=request.user, **form.cleaned_data)
            return redirect("insurance:coverage-detail", authorisation.coverage_id)
        except DomainError as error:
            add_domain_error(form, error)
    coverage = _coverage(request, authorisation.coverage_id)
    template = "insurance/coverage/decide.html"
    return _form(request, form, coverage.patient, template, coverage=coverage, authorisation=authorisation)


def _coverage(request: HttpRequest, pk: UUID) -> Coverage:
    return get_object_or_404(visible_coverages(request.user), pk=pk)


def _form(request: HttpRequest, form: Any, patient: Any, template: str, **context: Any) -> HttpResponse:
    words = {"form": form, "patient": patient, "banner": banner_of(patient), **context}
    return render(request, template, words, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, coverage: Coverage, check: CheckForm, ask: AuthorisationForm) -> HttpResponse:
    context = {
        "coverage": coverage,
        "banner": banner_of(coverage.patient),
        "holds": coverage.holds_on(today()),
        "years": coverage.years.all(),
        "checks": coverage.checks.select_related("checked_by")[:10],
        "authorisations": coverage.authorisations.select_related("requested_by"),
        "check_form": check,
        "ask_form": ask,
    }
    bound = check.is_bound or ask.is_bound
    return render(request, "insurance/coverage/detail.html", context, status=422 if bound else 200)
