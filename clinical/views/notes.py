"""Saving a note while it is typed, signing it, adding to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from clinical.errors import NoteChanged
from clinical.forms import AddendumForm, NoteForm
from clinical.models import Encounter, Note
from clinical.queries import visible_encounters, visible_notes
from clinical.services import notes as services
from clinical.views.encounter import main_note, render_encounter
from core.errors import DomainError
from core.forms import add_domain_error
from core.htmx import wants_fragment
from core.once import exactly_once


@requires("note:write")
@require_POST
def note_save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the draft; sent every moment while somebody types, so it repeats by version and not by a form key."""
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return _answer(request, encounter, form, status=422)
    try:
        note = _save(encounter, form, request)
    except NoteChanged as error:
        add_domain_error(form, error)
        return _answer(request, encounter, form, status=409, other=main_note(encounter, request.user))
    except DomainError as error:
        add_domain_error(form, error)
        return _answer(request, encounter, form, status=409)
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"X-Version": note.version})
    return redirect("clinical:encounter-detail", encounter.pk)


def _save(encounter: Encounter, form: NoteForm, request: HttpRequest) -> Note:
    return services.save_draft(
        encounter=encounter,
        texts=form.texts,
        version=form.cleaned_data["version"],
        overwrite=form.cleaned_data["overwrite"],
        confidentiality=form.cleaned_data["confidentiality"],
        specialty=form.cleaned_data["specialty"] if "specialty" in form.data else None,
        by=request.user,
    )


def _answer(
    request: HttpRequest, encounter: Encounter, form: NoteForm, *, status: int, other: Note | None = None
) -> HttpResponse:
    """What is wrong, beside what was typed: a fragment for the typing page, the whole page for a plain browser."""
    context = {"encounter": encounter, "note_form": form, "other_note": other}
    if wants_fragment(request):
        return render(request, "clinical/encounter/_note_problem.html", context, status=status)
    return render_encounter(request, encounter, status=status, note_form=form, other_note=other)


@requires("note:write")
@require_POST
@exactly_once
def note_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save what stands on the page and sign just that."""
    encounter = get_object_or_404(visible_encounters(request.user), pk=pk)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return render_encounter(request, encounter, status=422, note_form=form)
    try:
        note = _save(encounter, form, request)
        services.sign_note(encounter=encounter, version=note.version, by=request.user)
    except DomainError as error:
        add_domain_error(form, error)
        other = main_note(encounter, request.user) if isinstance(error, NoteChanged) else None
        return render_encounter(request, encounter, status=409, note_form=form, other_note=other)
    return redirect("clinical:encounter-detail", encounter.pk)


@requires("note:write")
@require_POST
@exactly_once
def note_addend(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = get_object_or_404(visible_notes(request.user), pk=pk)
    form = AddendumForm(request.POST, auto_id="addendum_%s")
    if not form.is_valid():
        return render_encounter(request, note.encounter, status=422, addendum_form=form)
    services.add_addendum(note=note, text=form.cleaned_data["text"], by=request.user)
    return redirect("clinical:encounter-detail", note.encounter_id)
