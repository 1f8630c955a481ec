from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import requires
from audit.services import record_reading
from core.db.lean import showing
from core.htmx import wants_fragment
from core.paging import paginate
from patients.banner import banner_of
from patients.facts import address_of, demographics_of
from patients.models import Patient, Visit
from patients.queries import papers_of, visible_patients, visits_of
from patients.rows import DESCRIPTION


@requires("patient:view")
@require_GET
def patient_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The chart: who this is, the family, the visits, and what every department knows.

    It comes in two parts: what one looks for first, then the rest, which HTMX asks for by ``?rest``. Without JavaScript
    a link leads to the ``?whole``.
    """
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    if wants_fragment(request) and "rest" in request.GET:
        record_reading(patient.pk, "chart.rest")
        return render(request, "patients/patient/_rest.html", {"patient": patient, **_rest(request.user, patient)})
    record_reading(patient.pk, "chart")
    context = {
        "patient": patient,
        "is_whole": "whole" in request.GET,
        "banner": banner_of(patient),
        "facts": demographics_of(patient),
        "address": address_of(patient),
        "contacts": list(patient.emergency_contacts.all()),
        "identifiers": list(patient.identifiers.all()),
        "page": paginate(request, _visits(patient), per_page=10),
    }
    if context["is_whole"]:
        context |= _rest(request.user, patient)
    return render(request, "patients/patient/detail.html", context)


def _rest(user: User, patient: Patient) -> dict[str, Any]:
    return {"members": _members(user, patient), "papers": papers_of(patient)[:20]}


def _members(user: User, patient: Patient) -> QuerySet[Patient]:
    others = visible_patients(user).filter(family=patient.family_id).exclude(pk=patient.pk)
    return showing(others, *DESCRIPTION)[:12]


def _visits(patient: Patient) -> QuerySet[Visit]:
    who_and_where = ("department__name", "practitioner__full_name", "practitioner__username")
    return showing(visits_of(patient), "patient", "number", "kind", "payer", "status", "date", *who_and_where)
