"""Who looked at this patient: for whoever may see the trail, also where the record itself is closed to them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import requires
from audit.services import record_event
from core.once import exactly_once
from oversight.keyset import keyset_page
from oversight.models import WatchedPatient
from oversight.queries.readers import readers_of, readings_of
from oversight.queries.trail import behind
from oversight.rows import in_words
from oversight.services.watching import end_watch, watch_patient
from patients.models import Patient
from patients.queries import visible_patients

PERIODS = (7, 30, 365, 0)


@requires("audit:view")
@require_GET
def patient_readers(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient, pk=pk)
    days = _days(request)
    record_event("trail_read", "patients_patient", patient.pk, screen="patient-readers")
    page = keyset_page(request, readings_of(patient.pk), behind)
    context = {
        "patient": patient,
        "is_visible": visible_patients(request.user).filter(pk=patient.pk).exists(),
        "readers": readers_of(patient.pk, days),
        "page": page,
        "rows": in_words(page),
        "days": days,
        "periods": PERIODS,
        "watched": WatchedPatient.objects.filter(patient=patient, ended_at__isnull=True).first(),
    }
    return render(request, "oversight/patient/readers.html", context)


@requires("privacy:oversee")
@require_POST
@exactly_once
def patient_watch(request: HttpRequest, pk: UUID) -> HttpResponse:
    watch_patient(patient=get_object_or_404(Patient, pk=pk), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Reading this record without treating the patient now raises an alert."))
    return redirect("oversight:patient-readers", pk)


@requires("privacy:oversee")
@require_POST
@exactly_once
def patient_unwatch(request: HttpRequest, pk: UUID) -> HttpResponse:
    end_watch(patient=get_object_or_404(Patient, pk=pk), by=request.user)
    return redirect("oversight:patient-readers", pk)


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "30")
    return int(text) if text.isascii() and text.isdigit() and int(text) in PERIODS else 30
