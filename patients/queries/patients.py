from django.db.models import QuerySet

from accounts.models import User
from core.text import normalise
from patients.models import Family, Patient
from patients.states import Confidentiality


def sees_restricted(user: User) -> bool:
    return user.may("patient:view_restricted")


def visible_patients(user: User) -> QuerySet[Patient]:
    """The patients whose record this user may read."""
    patients = Patient.objects.select_related("family")
    return patients if sees_restricted(user) else patients.filter(confidentiality=Confidentiality.NORMAL)


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
