"""Papers of the pharmacy: labels and the list of medicines, in the patient's language."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from core.clock import today
from core.pdf import letterhead, render_pdf
from patients.models import Patient
from pharmacy.dosing import directions
from pharmacy.models import Dispense, PrescriptionItem
from pharmacy.presentation import label_facts
from pharmacy.queries.prescriptions import lines_of
from pharmacy.queries.safety import running_items

_LANGUAGES = dict(settings.LANGUAGES)


def patients_language(patient: Patient) -> str:
    """The language a patient reads; Khmer where none of ours is recorded."""
    return patient.preferred_language if patient.preferred_language in _LANGUAGES else "km"


def label_pdf(dispense: Dispense, *, hospital: Any) -> bytes:
    """One label (70 × 40 mm) for each lot in the bag."""
    prescription = dispense.prescription
    patient = prescription.patient
    language = patients_language(patient)
    with override(language):
        labels = [label_facts(line, prescription) for line in lines_of(dispense) if line.kept]
        head = letterhead(hospital, prescription.branch)
        facts = {
            "labels": labels,
            "patient": patient.full_name,
            "mrn": patient.mrn,
            "hospital": head,
            "date": today(),
        }
    return render_pdf("pharmacy/labels.typ", facts, language=language)


def medicines_list_pdf(patient: Patient, *, hospital: Any, branch: Any) -> bytes:
    """Everything the patient takes now, on one A5 page to take home."""
    language = patients_language(patient)
    with override(language):
        lines = [_line(item) for item in running_items(patient)]
        facts = {
            "hospital": letterhead(hospital, branch),
            "patient": patient.full_name,
            "mrn": patient.mrn,
            "birth_year": str(patient.birth_date.year),
            "date": today(),
            "lines": lines,
        }
    return render_pdf("pharmacy/medicines.typ", facts, language=language)


def _line(item: PrescriptionItem) -> dict[str, Any]:
    return {
        "medicine": item.medicine.full_name,
        "directions": directions(item),
        "instructions": item.instructions,
    }
