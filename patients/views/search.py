"""Search first: the front door of the registration desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from core.htmx import render_page, wants_fragment
from patients.queries import find_by_mrn, newest_patients, search_patients


@requires("patient:view")
@require_GET
def patient_list(request: HttpRequest) -> HttpResponse:
    """Find patients while typing. A whole record number sent by Enter, as a card's reader does, opens the chart."""
    text = request.GET.get("q", "").strip()[:120]
    if text and not wants_fragment(request) and (scanned := find_by_mrn(request.user, text)):
        return redirect("patients:patient-detail", scanned.pk)
    patients = search_patients(request.user, text) if text else newest_patients(request.user)
    return render_page(request, "patients/patient/list.html", {"patients": patients, "text": text})
