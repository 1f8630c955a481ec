"""The doctor's line of today and what is done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from clinical.forms import ReasonForm
from clinical.queries import encounters_in_line
from clinical.queries.worklists import doctors_day, doctors_queues
from clinical.services import consultations
from clinical.services.encounters import start_encounter
from core.db.lean import showing
from core.htmx import render_page
from core.once import exactly_once
from queueing.queries import counted
from queueing.rooms import current_room, rooms_here


@requires("encounter:conduct")
def worklist(request: HttpRequest) -> HttpResponse:
    branch = request.workplace.branch
    context = {
        "day": doctors_day(request.user, branch),
        "queues": counted(showing(doctors_queues(request.user, branch), "prefix", "department__name")),
        "room": current_room(request),
        "rooms": rooms_here(request),
    }
    return render_page(request, "clinical/worklist/list.html", context, fragment="line")


@requires("encounter:conduct")
@require_POST
@exactly_once
def patient_call_next(request: HttpRequest, queue_pk: UUID) -> HttpResponse:
    queue = get_object_or_404(doctors_queues(request.user, request.workplace.branch), pk=queue_pk)
    encounter = consultations.call_next_patient(queue=queue, room=current_room(request), by=request.user)
    if encounter is None:
        messages.info(request, _("Nobody is waiting in this queue."))
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    consultations.call_patient(encounter=encounter, room=current_room(request), by=request.user)
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    consultations.recall_patient(encounter=encounter, by=request.user)
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    start_encounter(encounter=encounter, room=current_room(request), by=request.user)
    return redirect("clinical:encounter-detail", encounter.pk)


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_skip(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "clinical/reason.html", {"form": form}, status=422)
    consultations.skip_patient(encounter=encounter, reason=form.cleaned_data["reason"], by=request.user)
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    consultations.return_patient(encounter=encounter, by=request.user)
    return redirect("clinical:worklist")


@requires("encounter:conduct")
@require_POST
@exactly_once
def encounter_no_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    encounter = get_object_or_404(encounters_in_line(request.user), pk=pk)
    consultations.mark_no_show(encounter=encounter, by=request.user)
    return redirect("clinical:worklist")
