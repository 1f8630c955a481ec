"""Charging by time: what lasted, worked out before it is saved."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from audit.services import record_reading
from billing.explaining import told_in_words
from billing.forms_time import TimeForm
from billing.queries.worklist import visible_visits
from billing.services.charges import capture_duration, preview_duration
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import FIELD, exactly_once

SOURCE = "billing.time"


@requires("charge:time")
@exactly_once
def charge_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asked by GET what it comes to, with the arithmetic; only the POST charges it."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    record_reading(visit.patient_id, "billing.time")
    asked = request.POST if request.method == "POST" else request.GET
    form = TimeForm(asked if "service" in asked else None, visit=visit)
    charge = None
    if form.is_valid():
        try:
            if request.method == "POST":
                source = UUID(request.POST[FIELD])
                capture_duration(visit=visit, source_kind=SOURCE, source_id=source, by=request.user, **form.facts())
                return redirect("billing:visit-bill", visit.pk)
            charge = preview_duration(visit=visit, **form.facts())
        except DomainError as error:
            add_domain_error(form, error)
    context = {
        "visit": visit,
        "form": form,
        "charge": charge,
        "steps": told_in_words(charge.explanation) if charge else (),
    }
    return render(request, "billing/charge/time.html", context, status=422 if form.errors else 200)
