"""The encounter page: everything about one consultation on one page, in sections that act by themselves.

Forms of a section are sent by HTMX and only that section is drawn anew, so that a note half typed beside them stays as
it is; a plain browser gets the whole page.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import requires
from audit.services import record_reading
from clinical import queries
from clinical.access import notes_in_sight
from clinical.forms import (
    AddendumForm,
    AllergyForm,
    ConditionForm,
    DiagnosisForm,
    FinishForm,
    HistoryForm,
    NoteForm,
    ReasonForm,
    TransferForm,
)
from clinical.models import Encounter, Note
from clinical.queries import visible_encounters
from clinical.services import encounters as services
from clinical.states import RecordStatus
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import wants_fragment
from core.once import exactly_once
from patients.access import present_grant
from patients.banner import banner_of

TEMPLATE = "clinical/encounter/detail.html"
SECTIONS = {"allergies", "problems", "history", "diagnoses"}
# What the page offers depends on these rights; each act checks its own again.
RIGHTS = {
    "conduct": "encounter:conduct",
    "see_vitals": "vitals:view",
    "measure": "vitals:record",
    "see_note": "note:view",
    "write_note": "note:write",
    "see_diagnoses": "diagnosis:view",
    "diagnose": "diagnosis:record",
    "see_allergies": "allergy:view",
    "record_allergies": "allergy:record",
    "leave": "encounter:leave",
    "void": "encounter:void",
}


@requires("encounter:view")
def encounter_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    return render_encounter(request, encounter)


def render_encounter(request: HttpRequest, encounter: Encounter, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, or the one section that HTMX asked for; `forms` replaces the empty forms by those with errors."""
    record_reading(encounter.patient_id, "clinical:encounter-detail")
    encounter.is_only_read = present_grant(encounter.patient) is not None
    section = getattr(request.htmx, "target", None) if wants_fragment(request) else None
    template = f"{TEMPLATE}#{section}" if section in SECTIONS else TEMPLATE
    may = {name: request.user.may(code) for name, code in RIGHTS.items()}
    return render(request, template, {**page_context(encounter, request.user), "may": may, **forms}, status=status)


def page_context(encounter: Encounter, user: User) -> dict[str, Any]:
    """Everything the page shows; querysets are read only by the sections that are drawn."""
    patient = encounter.patient
    note = main_note(encounter, user)
    return {
        "encounter": encounter,
        "patient": patient,
        "banner": banner_of(patient),
        "allergies": queries.active_allergies(patient),
        "conditions": queries.active_conditions(patient),
        "history": queries.active_history(patient),
        "vitals": lambda: queries.latest_vitals(patient),
        "note": note,
        "note_form": NoteForm(initial=_note_initial(encounter, note), auto_id="note_%s"),
        "addendum_form": AddendumForm(auto_id="addendum_%s"),
        "diagnoses": encounter.diagnoses.filter(status=RecordStatus.ACTIVE),
        "earlier_diagnoses": lambda: queries.earlier_diagnoses(patient, before=encounter, user=user),
        "timeline": lambda: queries.timeline(patient, without=encounter, user=user),
        "diagnosis_form": DiagnosisForm(auto_id="diagnosis_%s"),
        "allergy_form": AllergyForm(auto_id="allergy_%s"),
        "condition_form": ConditionForm(auto_id="condition_%s"),
        "history_form": HistoryForm(auto_id="history_%s"),
        "finish_form": FinishForm(auto_id="finish_%s"),
    }


def main_note(encounter: Encounter, user: User) -> Note | None:
    """The encounter's note with its addenda, as far as this person may read them; None where there is none such."""
    notes = encounter.notes.select_related("author").filter(notes_in_sight(user))
    found = list(notes.order_by("created_at", "id"))
    note = next((one for one in found if one.addendum_to_id is None), None)
    if note is not None:
        note.read_addenda = [one for one in found if one.addendum_to_id == note.pk]
    return note


def _note_initial(encounter: Encounter, note: Note | None) -> dict[str, Any]:
    if note is None:
        return {"version": 0, "specialty": encounter.specialty}
    levels = {"confidentiality": note.confidentiality, "specialty": encounter.specialty}
    return {**note.texts(), "version": note.version, **levels}


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_tests(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    services.send_for_tests(encounter=encounter, by=request.user)
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = FinishForm(request.POST, auto_id="finish_%s")
    if form.is_valid():
        try:
            services.finish_encounter(encounter=encounter, by=request.user, **form.cleaned_data)
            return redirect("clinical:worklist")
        except DomainError as error:
            add_domain_error(form, error)
    return render_encounter(request, encounter, status=422, finish_form=form)


@requires("encounter:leave")
@require_POST
@exactly_once
def encounter_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _end(request, pk, services.leave_encounter)


@requires("encounter:void")
@require_POST
@exactly_once
def encounter_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _end(request, pk, services.void_encounter)


def _end(request: HttpRequest, pk: UUID, act: Any) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "clinical/reason.html", {"form": form}, status=422)
    act(encounter=encounter, reason=form.cleaned_data["reason"], by=request.user)
    return redirect("patients:patient-detail", encounter.patient_id)


@requires("encounter:leave")
@exactly_once
def encounter_transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = TransferForm(request.POST or None, branch=encounter.branch)
    if request.method == "POST" and form.is_valid():
        try:
            services.transfer_encounter(encounter=encounter, by=request.user, **form.cleaned_data)
            return redirect("clinical:visit-enrolled", encounter.pk)
        except DomainError as error:
            add_domain_error(form, error)
    context = {"form": form, "encounter": encounter, "banner": banner_of(encounter.patient)}
    return render(request, "clinical/encounter/transfer.html", context, status=422 if form.is_bound else 200)
