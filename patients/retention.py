"""How long a record is kept: clinical records so many years after the last contact, those of children longer.

The hospital chooses (patients.keep_years, patients.keep_until_age); seven years are the law's minimum, which the
database keeps as well (patients.sql). The trail is kept for six years by its own rule.
"""

from datetime import date

from django.db.models import Max

from core import clock
from core.preferences import preference
from patients.ages import years_after, years_before
from patients.models import Patient


def kept_until(patient: Patient, *, last: date | None = None) -> date:
    """The first day on which the record may be erased; ``last`` is the last contact where the caller knows it."""
    by_contact = years_after(last or last_contact(patient), preference("patients.keep_years"))
    return max(by_contact, years_after(patient.birth_date, preference("patients.keep_until_age")))


def due_since(years: int) -> date:
    """Whose last contact was before this day was kept for so many years."""
    return years_before(clock.today(), years)


def last_contact(patient: Patient) -> date:
    """The day of the last visit, or of the registration where nobody came."""
    registered = patient.created_at.date()
    last = patient.visits.aggregate(last=Max("date"))["last"]
    return max(registered, last) if last else registered
