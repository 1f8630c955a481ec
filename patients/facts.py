"""What is known of a patient as pairs of label and value, for the chart and for prints."""

from django.conf import settings
from django.utils.translation import gettext as _

from core.text import show_phone
from patients import lists
from patients.birth_dates import written
from patients.models import Patient
from terminology.queries import divisions_by_code


def demographics_of(patient: Patient) -> list[tuple[str, str]]:
    """Return labels and values in the reader's language; empty values are left out."""
    nationality = lists.nationalities().get(patient.nationality)
    occupation = lists.occupations().get(patient.occupation)
    pairs = [
        (_("Birth date"), written(patient.birth_date, patient.birth_date_precision)),
        (_("Phone"), show_phone(patient.phone) if patient.phone else ""),
        (_("Second phone"), show_phone(patient.phone_other) if patient.phone_other else ""),
        (_("Email"), patient.email),
        (_("Blood group"), patient.get_blood_group_display()),
        (_("Nationality"), str(nationality) if nationality else patient.nationality),
        (_("Occupation"), str(occupation) if occupation else ""),
        (_("Preferred language"), _language(patient.preferred_language)),
        (_("Date of death"), f"{patient.deceased_on:%Y-%m-%d}" if patient.deceased_on else ""),
    ]
    return [(label, value) for label, value in pairs if value]


def address_of(patient: Patient) -> str:
    """Return the address on one line, from the house up to the province; one statement."""
    codes = [patient.commune, patient.district, patient.province]
    names = divisions_by_code(codes)
    divisions = [names[code].name for code in codes if code in names]
    return ", ".join(part for part in [patient.street, patient.village, *divisions] if part)


def _language(code: str) -> str:
    return dict(settings.LANGUAGES).get(code, code)
