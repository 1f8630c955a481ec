"""The nurse's screens: who waits for triage, and the vital signs of one patient."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from clinical.forms import ReasonForm, TriageRefusalForm, VitalsForm
from clinical.models import Encounter
from clinical.queries import encounters_to_triage, latest_vitals, visible_vitals
from clinical.queries.worklists import triaged_today, waiting_for_triage
from clinical.services.triage import prioritise, record_vitals, refuse_triage, void_vitals
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import render_page
from core.once import exactly_once
from core.paging import paginate
from patients.banner import banner_of


@requires("vitals:record")
def triage_list(request: HttpRequest) -> HttpResponse:
    branch = request.workplace.branch
    context = {
        "page": paginate(request, waiting_for_triage(request.user, branch)),
        "triaged": triaged_today(request.user, branch),
    }
    return render_page(request, "clinical/triage/list.html", context)


@requires("vitals:record")
@exactly_once
def vitals_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_to_triage(request.user), pk=pk)
    earlier = latest_vitals(encounter.patient)
    form = VitalsForm(
        request.POST or None,
        patient=encounter.patient,
        last=earlier[0] if earlier else None,
        priority=encounter.priority,
    )
    if request.method == "POST" and form.is_valid() and _record(form, encounter, request):
        return redirect(_after_vitals(request, encounter))
    record_reading(encounter.patient_id, "clinical:vitals-record")
    context = {
        "form": form,
        "encounter": encounter,
        "earlier": earlier,
        "refusal": TriageRefusalForm(),
        "banner": banner_of(encounter.patient),
    }
    return render(request, "clinical/triage/form.html", context, status=422 if form.is_bound else 200)


def _record(form: VitalsForm, encounter: Encounter, request: HttpRequest) -> bool:
    typed = form.cleaned_data
    try:
        record_vitals(
            encounter=encounter,
            values=form.measurements,
            pregnant=typed.get("pregnant", False),
            spo2_scale=typed["spo2_scale"],
            note=typed["note"],
            by=request.user,
        )
        if typed["priority"]:
            prioritise(
                encounter=encounter, priority=typed["priority"], reason=typed["priority_reason"], by=request.user
            )
    except DomainError as error:
        add_domain_error(form, error)
        return False
    return True


def _after_vitals(request: HttpRequest, encounter: Encounter) -> str:
    """Doctors measure from the encounter page and go back there; nurses take the next patient."""
    if request.user.may("encounter:conduct"):
        return f"/clinic/encounters/{encounter.pk}/"
    return "clinical:triage-list"


@requires("vitals:record")
@require_POST
@exactly_once
def triage_refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_to_triage(request.user), pk=pk)
    form = TriageRefusalForm(request.POST)
    if form.is_valid():
        refuse_triage(encounter=encounter, reason=form.cleaned_data["reason"], by=request.user)
        return redirect("clinical:triage-list")
    return render(request, "clinical/triage/refuse.html", {"form": form, "encounter": encounter}, status=422)


@requires("vitals:record")
@require_POST
@exactly_once
def vitals_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    vitals = get_object_or_404(visible_vitals(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "clinical/reason.html", {"form": form}, status=422)
    void_vitals(vitals=vitals, reason=form.cleaned_data["reason"], by=request.user)
    return redirect("clinical:vitals-record", vitals.encounter_id)
