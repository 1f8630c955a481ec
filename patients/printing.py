"""Papers of the patients room."""

import io
from typing import Any

import segno
from django.conf import settings

from patients.models import Patient


def card_pdf(patient: Patient, *, hospital: Any) -> bytes:
    """Return the patient's card (85.6 × 54 mm). The QR holds the record number only, never a name."""
    from core.pdf import render_pdf  # the PDF engine is large; pages that print nothing do without it

    return render_pdf(
        "patients/card.typ",
        {
            "hospital": hospital.name if hospital else settings.PLATFORM_NAME,
            "native_name": patient.native_name,
            "latin_name": patient.latin_name,
            "mrn": patient.mrn,
            "sex": patient.get_sex_display(),
            "birth_year": str(patient.birth_date.year),
            "blood_group": patient.get_blood_group_display(),
            "family": patient.family.number,
            "qr": qr_svg(patient.mrn),
        },
    )


def qr_svg(text: str) -> str:
    """Return a QR code as SVG text."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()
