"""Diagnoses on the encounter page, found by code or words."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from clinical.forms import DiagnosisForm
from clinical.queries import visible_diagnoses, visible_encounters
from clinical.services.diagnoses import record_diagnosis, withdraw_diagnosis
from clinical.views.encounter import render_encounter
from core.asking import asked, asks
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from core.options import Option, options_response
from terminology.queries import search_icd10


@requires("diagnosis:view")
@asks()
def diagnosis_options(request: HttpRequest) -> HttpResponse:
    found = search_icd10(asked(request).get("q", ""), limit=20)
    return options_response(request, [Option(item.code, item.title, item.code) for item in found])


@requires("diagnosis:record")
@require_POST
@exactly_once
def diagnosis_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = DiagnosisForm(request.POST, auto_id="diagnosis_%s")
    if form.is_valid():
        try:
            record_diagnosis(encounter=encounter, by=request.user, **form.cleaned_data)
            return redirect("clinical:encounter-detail", encounter.pk)
        except DomainError as error:
            add_domain_error(form, error)
    return render_encounter(request, encounter, status=422, diagnosis_form=form)


@requires("diagnosis:record")
@require_POST
@exactly_once
def diagnosis_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    diagnosis = get_object_or_404(visible_diagnoses(request.user), pk=pk)
    withdraw_diagnosis(diagnosis=diagnosis, by=request.user)
    return redirect("clinical:encounter-detail", diagnosis.encounter_id)
