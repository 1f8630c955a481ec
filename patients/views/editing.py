from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import requires
from audit.services import record_reading
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from patients.access import sight_of
from patients.forms import PatientForm
from patients.models import Patient
from patients.queries import visible_patients
from patients.services.patients import change_patient


@requires("patient:edit")
@exactly_once
def patient_edit(request: HttpRequest, pk: str) -> HttpResponse:
    """Change a patient's details; a page somebody else has overtaken keeps what was typed and says so."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_reading(patient.pk, "edit")
    form = PatientForm(request.POST or None, user=request.user, instance=patient)
    if request.method == "POST" and "fill_address" not in request.POST and form.is_valid():
        try:
            _save(form, patient, request)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _after(request, patient)
    status = 422 if form.is_bound else 200
    return render(request, "patients/patient/form.html", {"form": form, "patient": patient}, status=status)


def _after(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Back to the chart; to the search where the person has just closed the record to themselves."""
    patient.refresh_from_db(fields=["confidentiality"])
    if sight_of(request.user).sees(patient):
        return redirect("patients:patient-detail", patient.pk)
    return redirect("patients:patient-list")


def _save(form: PatientForm, patient: Patient, request: HttpRequest) -> None:
    change_patient(
        patient=patient,
        version=patient.version,
        contact=form.contact(),
        identifiers=form.identifiers(),
        by=request.user,
        **form.details(),
    )
