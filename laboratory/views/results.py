from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.once import exactly_once
from laboratory.models import Specimen
from laboratory.queries.specimens import visible_specimens
from laboratory.services.entry import EntriesRefused, clean_entries, judge_for, save_results, sheet_stamp
from laboratory.sheets import entries_in, open_items, rows_of
from patients.banner import banner_of


@requires("lab_result:enter")
@exactly_once
def result_entry(request, pk):
    """The sheet of one tube: keyboard only, drafts kept, impossible values refused beside their field."""
    specimen = _received(request, pk)
    items = open_items(specimen)
    if request.method != "POST":
        record_reading(specimen.patient_id, "laboratory results entry")
        return _sheet(request, specimen, items)
    entries, submit = entries_in(request.POST, items), "submit" in request.POST
    try:
        save_results(
            specimen=specimen, entries=entries, seen=request.POST.get("seen", ""), submit=submit, by=request.user
        )
    except EntriesRefused as refused:
        return _sheet(request, specimen, items, typed=entries, errors=refused.errors, error=refused)
    except DomainError as error:
        return _sheet(request, specimen, items, typed=entries, error=error)
    if submit:
        messages.success(request, _("Submitted. A second person verifies the results."))
        return redirect("laboratory:specimen-detail", specimen.pk)
    messages.success(request, _("The draft was saved."))
    return redirect("laboratory:result-entry", specimen.pk)


@requires("lab_result:enter")
@require_POST
def result_check(request, pk):
    """What one typed value means while the others are being typed. Nothing is kept; no address carries a value.

    204 when the result was submitted before its last question arrived: then there is nothing left to say.
    """
    specimen = get_object_or_404(visible_specimens(request.user), pk=pk)
    wanted = request.headers.get("HX-Trigger-Name", "").partition("-")[2]
    items = [item for item in open_items(specimen) if str(item.pk) == wanted]
    if not items:
        if any(str(item) == wanted for item in specimen.items.values_list("pk", flat=True)):
            return HttpResponse(status=204)
        raise Http404
    judge = judge_for(specimen, items)
    entries = entries_in(request.POST, items)
    errors: dict[UUID, Any] = {}
    try:
        entries = clean_entries(items, entries, judge)
    except EntriesRefused as refused:
        errors = refused.errors
    row = rows_of(specimen, items, judge, typed=entries, errors=errors)[0]
    return render(request, "laboratory/result/_judgement.html", {"row": row})


def _received(request, pk) -> Specimen:
    specimen = get_object_or_404(visible_specimens(request.user), pk=pk)
    if not specimen.is_received:
        raise Http404
    return specimen


def _sheet(request, specimen: Specimen, items, *, typed=None, errors=None, error=None):
    rows = rows_of(specimen, items, judge_for(specimen, items), typed=typed, errors=errors)
    context = {
        "specimen": specimen,
        "banner": banner_of(specimen.patient),
        "rows": rows,
        "unconfirmed": any(row.is_unconfirmed for row in rows),
        "seen": sheet_stamp(specimen),
        "error": error,
    }
    return render(request, "laboratory/result/entry.html", context, status=422 if error else 200)
