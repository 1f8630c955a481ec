from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_reading
from core.paging import paginate
from patients.banner import banner_of
from patients.facts import address_of, demographics_of
from patients.queries import visible_patients, visits_of


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
        "members": visible_patients(request.user).filter(family=patient.family_id).exclude(pk=patient.pk)[:12],
        "page": paginate(request, visits_of(patient), per_page=10),
    }
    return render(request, "patients/patient/detail.html", context)
