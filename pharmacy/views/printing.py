from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.permissions import requires
from audit.services import record_printing
from core.pdf import pdf_response
from core.rates import rated
from patients.queries import visible_patients
from pharmacy.views.access import branch_of, dispense_or_404


@rated("paper")
@requires("dispense:prepare")
@require_GET
def dispense_labels(request: HttpRequest, pk: UUID) -> HttpResponse:
    from pharmacy.papers import label_pdf  # the PDF engine is large; pages that print nothing do without it

    dispense = dispense_or_404(request, pk)
    record_printing("pharmacy:dispense-labels", patient_id=dispense.prescription.patient_id)
    pdf = label_pdf(dispense, hospital=request.hospital)
    return pdf_response(pdf, f"labels-{dispense.prescription.label}.pdf")


@rated("paper")
@requires("prescription:view")
@require_GET
def patient_medicines(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient takes now, to take home."""
    from pharmacy.papers import medicines_list_pdf

    patient = get_object_or_404(visible_patients(request.user), pk=pk)
    record_printing("pharmacy:patient-medicines", patient_id=patient.pk)
    pdf = medicines_list_pdf(patient, hospital=request.hospital, branch=branch_of(request))
    return pdf_response(pdf, f"medicines-{patient.mrn}.pdf")
