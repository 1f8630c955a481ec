"""Staff reading records of their own house: known by phone and email, and, more weakly, by surname."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from accounts.models import User
from core.preferences import preference
from core.text import name_key, normalise, normalise_phone
from oversight.rules.findings import Finding, Readings
from oversight.rules.guarded import is_at_work_on
from oversight.states import Rule
from patients.models import EmergencyContact, Patient, Visit
from patients.states import VisitStatus


def own_households(readings: Readings) -> Iterator[Finding]:
    """The record carries the person's own phone or email, or names it as the emergency contact's."""
    if not preference("oversight.own_family"):
        return
    contacts: dict[UUID, set[str]] = defaultdict(set)
    for contact in EmergencyContact.objects.filter(patient__in=readings.patients):
        contacts[contact.patient_id].add(_phone(contact.phone))
    for user, patient, rows in readings.pairs():
        if _of_one_house(user, patient, contacts[patient.pk]):
            yield Finding(Rule.OWN_FAMILY, f"{patient.pk}:{rows[0].day}", rows, {"times": len(rows)}, patient.pk)


def same_surnames(readings: Readings) -> Iterator[Finding]:
    """The same surname says little in a country of few surnames: only where the patient is not here for treatment."""
    if not preference("oversight.same_surname"):
        return
    here = set(
        Visit.objects.filter(patient__in=readings.patients, status=VisitStatus.OPEN).values_list("patient", flat=True)
    )
    for user, patient, rows in readings.pairs():
        if patient.pk not in here and _same_surname(user, patient) and not is_at_work_on(user, patient, rows):
            facts = {"times": len(rows)}
            yield Finding(Rule.SAME_SURNAME, f"{patient.pk}:{rows[0].day}", rows, facts, patient.pk)


def _of_one_house(user: User, patient: Patient, contacts: set[str]) -> bool:
    phone = _phone(getattr(getattr(user, "profile", None), "phone", ""))
    if phone and phone in {_phone(patient.phone), _phone(patient.phone_other), *contacts}:
        return True
    return bool(user.email) and user.email.lower() == (patient.email or "").lower()


def _phone(text: str | None) -> str:
    return normalise_phone(text) or "" if text else ""


def _same_surname(user: User, patient: Patient) -> bool:
    latin, native = _first(user.full_name), normalise(_first(user.full_name_native))
    same = bool(latin and patient.family_name) and name_key(latin) == name_key(patient.family_name)
    return same or bool(native and native == normalise(patient.native_family_name or ""))


def _first(name: str) -> str:
    """The surname: Khmer names are written family name first."""
    return name.split()[0] if name.split() else ""
