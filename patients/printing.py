"""Papers of the patients room."""

from typing import Any

from core.pdf import letterhead, qr_svg, render_pdf
from patients.models import Patient
from patients.states import Sex


def card_pdf(patient: Patient, *, hospital: Any, branch: Any = None) -> bytes:
    """Return the patient's card (85.6 × 54 mm) in the patient's language.

    The QR holds the record number only, never a name, and of the birth date the card says the year.
    """
    names = [patient.native_name, patient.latin_name]
    first, *others = [name for name in names if name]
    return render_pdf(
        "patients/card.typ",
        {
            "hospital": letterhead(hospital, branch),
            "name": first,
            "other_name": others[0] if others else "",
            "mrn": patient.mrn,
            "sex": Sex(patient.sex).label,
            "birth_year": str(patient.birth_date.year),
            "blood_group": patient.get_blood_group_display(),
            "family": patient.family.number,
            "qr": qr_svg(patient.mrn),
        },
        language=patient.preferred_language,
    )
