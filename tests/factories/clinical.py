"""Patients on their way through the clinic."""

from typing import Any

from accounts.models import Branch, User
from clinical.models import Encounter
from clinical.services.encounters import start_encounter
from clinical.services.enrolments import Enrolment, enrol_visit
from patients.models import Patient
from tests.factories.queueing import department, make_patient, room

NORMAL = {
    "temperature": "36.8",
    "pulse": "78",
    "respiration": "16",
    "systolic": "122",
    "diastolic": "78",
    "spo2": "98",
    "consciousness": "A",
    "weight": "55",
    "height": "158",
}


def price_consultations(amount: str = "10.00", code: str = "CONS") -> None:
    """Give consultations a price, as every hospital has before its first patient."""
    from billing.services.catalogue import set_price

    set_price(code=code, name={"en": "Consultation"}, category="consultation", amount=amount, currency="USD")


def enrol(*, by: User, patient: Patient | None = None, code: str = "OPD", **fields: Any) -> Enrolment:
    """A patient who stands at the desk and gets a number."""
    facts = {"kind": "outpatient", "branch": Branch.objects.get(), "department": department(code)}
    return enrol_visit(patient=patient or make_patient(by=by), by=by, **{**facts, **fields})


def in_consultation(*, doctor: User, by: User, **fields: Any) -> Encounter:
    """A patient who sits before the doctor."""
    encounter = enrol(by=by, practitioner=doctor, **fields).encounter
    return start_encounter(encounter=encounter, room=room(), by=doctor)
