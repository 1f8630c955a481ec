"""Search first: the front door of the registration desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import requires
from core.asking import asked, asks, sealed
from core.htmx import render_page, wants_fragment
from patients.queries import find_by_mrn, guarded_by_number, newest_patients, search_patients


@requires("patient:view")
@asks()
def patient_list(request: HttpRequest) -> HttpResponse:
    """Find patients while typing. A whole record number sent by Enter, as a card's reader does, opens the chart."""
    text = asked(request).get("q", "").strip()[:120]
    if text and not wants_fragment(request) and (scanned := find_by_mrn(request.user, text)):
        return redirect("patients:patient-detail", scanned.pk)
    guarded = _guarded(request, text)
    if guarded and not wants_fragment(request):
        return redirect(guarded)
    patients = search_patients(request.user, text) if text else newest_patients(request.user)
    words = sealed(request, q=text)
    context = {"patients": patients, "text": text, "words": words, "guarded": guarded}
    return render_page(request, "patients/patient/list.html", context)


def _guarded(request: HttpRequest, text: str) -> str:
    """Where somebody who knows a closed record's whole number may go on; empty for all others."""
    if not any(letter.isdigit() for letter in text) or not (
        request.user.may("record:break_glass") or request.user.may("visit:open")
    ):
        return ""
    patient = guarded_by_number(request.user, text)
    return f"{reverse('patients:record-guarded')}?{sealed(request, number=patient.mrn)}" if patient else ""
