"""Allergies, problems and history: shown beside every consultation, changed from the encounter page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from clinical.forms import AllergyForm, ConditionForm, HistoryForm
from clinical.forms.encounter import EndForm
from clinical.queries import visible_allergies, visible_conditions, visible_encounters, visible_history_items
from clinical.services.allergies import end_allergy, record_allergy, record_no_known_allergies
from clinical.services.problems import end_condition, end_history, record_condition, record_history
from clinical.substances import search_substances
from clinical.views.encounter import render_encounter
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import Form, add_domain_error
from core.once import exactly_once
from core.options import Option, options_response


@requires("allergy:view")
@asks()
def substance_options(request: HttpRequest) -> HttpResponse:
    found = search_substances(asked(request).get("q", ""))
    return options_response(request, [Option(one.name, one.name, one.atc) for one in found])


@requires("allergy:record")
@require_POST
@exactly_once
def allergy_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _record(request, pk, AllergyForm, "allergy", record_allergy)


@requires("allergy:record")
@require_POST
@exactly_once
def allergies_none(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    record_no_known_allergies(patient=encounter.patient, by=request.user)
    return redirect("clinical:encounter-detail", encounter.pk)


@requires("allergy:record")
@require_POST
@exactly_once
def condition_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _record(request, pk, ConditionForm, "condition", record_condition)


@requires("allergy:record")
@require_POST
@exactly_once
def history_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _record(request, pk, HistoryForm, "history", record_history)


def _record(
    request: HttpRequest, pk: UUID, form_class: type[Form], name: str, service: Callable[..., Any]
) -> HttpResponse:
    """Validate, let the service write it for the encounter's patient, and come back to the page."""
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = form_class(request.POST, auto_id=f"{name}_%s")
    if form.is_valid():
        try:
            service(patient=encounter.patient, by=request.user, **form.cleaned_data)
            return redirect("clinical:encounter-detail", encounter.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render_encounter(request, encounter, status=422, **{f"{name}_form": form})


@requires("allergy:record")
@require_POST
@exactly_once
def allergy_end(request: HttpRequest, pk: UUID, encounter_pk: UUID) -> HttpResponse:
    allergy = get_object_or_404(visible_allergies(request.user), pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return render(request, "clinical/reason.html", {"form": form}, status=422)
    end_allergy(allergy=allergy, by=request.user, **form.cleaned_data)
    return redirect("clinical:encounter-detail", encounter_pk)


@requires("allergy:record")
@require_POST
@exactly_once
def condition_end(request: HttpRequest, pk: UUID, encounter_pk: UUID) -> HttpResponse:
    condition = get_object_or_404(visible_conditions(request.user), pk=pk)
    status = "resolved" if request.POST.get("status") == "resolved" else "entered_in_error"
    end_condition(condition=condition, status=status, by=request.user)
    return redirect("clinical:encounter-detail", encounter_pk)


@requires("allergy:record")
@require_POST
@exactly_once
def history_end(request: HttpRequest, pk: UUID, encounter_pk: UUID) -> HttpResponse:
    item = get_object_or_404(visible_history_items(request.user), pk=pk)
    end_history(item=item, by=request.user)
    return redirect("clinical:encounter-detail", encounter_pk)
