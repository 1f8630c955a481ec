from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import requires
from audit.services import record_reading
from core.db.lean import showing
from core.paging import paginate
from patients.banner import banner_of
from patients.facts import address_of, demographics_of
from patients.models import Patient, Visit
from patients.queries import papers_of, visible_patients, visits_of
from patients.rows import DESCRIPTION


@requires("patient:view")
@require_GET
def patient_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The chart: who this is, the family, the visits, and what every department knows."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_reading(patient.pk, "chart")
    context = {
        "patient": patient,
        "banner": banner_of(patient),
        "facts": demographics_of(patient),
        "address": address_of(patient),
        "contacts": list(patient.emergency_contacts.all()),
        "identifiers": list(patient.identifiers.all()),
        "members": _members(request.user, patient),
        "papers": papers_of(patient)[:20],
        "page": paginate(request, _visits(patient), per_page=10),
    }
    return render(request, "patients/patient/detail.html", context)


def _members(user: User, patient: Patient) -> QuerySet[Patient]:
    others = visible_patients(user).filter(family=patient.family_id).exclude(pk=patient.pk)
    return showing(others, *DESCRIPTION)[:12]


def _visits(patient: Patient) -> QuerySet[Visit]:
    who_and_where = ("department__name", "practitioner__full_name", "practitioner__username")
    return showing(visits_of(patient), "patient", "number", "kind", "payer", "status", "date", *who_and_where)
