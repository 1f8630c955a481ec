"""Rules of this room that a hospital may change."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.preferences import declare
from patients.sql import LEGAL_YEARS


def refuse_format(pattern: str) -> None:
    """Raise ValidationError for a number format that would give equal, empty or overlong numbers."""
    try:
        first, second = (pattern.format(number=number, date=date(2026, 1, 1)) for number in (1, 2))
    except (LookupError, ValueError, AttributeError) as error:
        raise ValidationError(_("Write a format such as P{number:06d}."), code="format") from error
    if first == second or len(first) > 16 or first != first.upper() or " " in first:
        raise ValidationError(_("Write a format such as P{number:06d}."), code="format")


declare(
    "patients.mrn_format",
    default="P{number:06d}",
    label=_("Format of medical record numbers"),
    kind=str,
    check=refuse_format,
)
declare(
    "patients.family_format",
    default="F{number:06d}",
    label=_("Format of family numbers"),
    kind=str,
    check=refuse_format,
)
declare(
    "patients.visit_format", default="V{number:07d}", label=_("Format of visit numbers"), kind=str, check=refuse_format
)
declare(
    "patients.treating_days",
    default=30,
    label=_("Days after an encounter during which its staff still treat the patient"),
    kind=int,
    least=0,
    most=365,
)
declare(
    "patients.department_treats",
    default=False,
    label=_("Everybody in the department of an open visit treats the patient"),
    kind=bool,
)
declare(
    "patients.glass_minutes",
    default=60,
    label=_("Minutes for which a broken glass stays open"),
    kind=int,
    least=5,
    most=60,
)
declare(
    "patients.consent_age",
    default=18,
    label=_("Age from which patients consent themselves"),
    kind=int,
    least=12,
    most=21,
)
declare(
    "patients.export_days",
    default=7,
    label=_("Days for which the archive of a patient's data can be fetched"),
    kind=int,
    least=1,
    most=30,
)
declare(
    "patients.keep_years",
    default=10,
    label=_("Years for which records are kept after the last contact"),
    kind=int,
    least=LEGAL_YEARS,
    most=50,
)
declare(
    "patients.keep_until_age",
    default=25,
    label=_("Age until which records of children are kept at least"),
    kind=int,
    least=18,
    most=50,
)
