from django.db.models import QuerySet

from accounts.models import User
from core.text import normalise
from patients.access import sight_of
from patients.models import Family, Patient


def visible_patients(user: User) -> QuerySet[Patient]:
    """The patients whose record this user may read."""
    return Patient.objects.select_related("family").filter(sight_of(user).of())


def guarded_by_number(user: User, text: str) -> Patient | None:
    """The patient with exactly this number whose record is closed to the user; None where there is none such."""
    mrn = normalise_mrn(text)
    patient = Patient.objects.filter(mrn=mrn).first() if mrn else None
    return None if patient is None or sight_of(user).sees(patient) else patient


def visible_families(user: User) -> QuerySet[Family]:
    """The families, each with its head. A family is no secret; its members are filtered by visible_patients."""
    return Family.objects.select_related("head")


def newest_patients(user: User, limit: int = 20) -> list[Patient]:
    """The patients registered last."""
    return list(visible_patients(user).order_by("-id")[:limit])


def find_by_mrn(user: User, text: str) -> Patient | None:
    """The patient with exactly this medical record number, typed or scanned from a card."""
    mrn = normalise_mrn(text)
    return visible_patients(user).filter(mrn=mrn).first() if mrn else None


def normalise_mrn(text: str) -> str:
    return normalise(text).replace(" ", "").upper()
