from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_printing
from core.pdf import pdf_response
from core.rates import rated
from patients.printing import card_pdf
from patients.queries import visible_patients


@rated("paper")
@requires("patient:print_card")
@require_GET
def patient_card(request: HttpRequest, pk: str) -> HttpResponse:
    """The card to carry: names, sex, birth year, number, and the number once more as QR for the reader."""
    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_printing("patients:patient-card", patient_id=patient.pk)
    pdf = card_pdf(patient, hospital=request.hospital, branch=request.workplace.branch)
    return pdf_response(pdf, f"card-{patient.mrn}.pdf")
