"""Registration and change of patients."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Branch, User
from core import events
from core.models import lock_current
from core.numbering import next_number
from core.preferences import preference
from patients.errors import DuplicatesUnanswered
from patients.models import DuplicateAnswer, EmergencyContact, Family, Patient
from patients.queries.duplicates import Match, find_duplicates
from patients.services.consents import record_at_registration
from patients.services.families import open_family
from patients.services.identifiers import set_identifiers
from patients.services.tokens import index_patient, reindex_patient
from patients.tokens import tokens_of


@transaction.atomic
def register_patient(
    *,
    by: User,
    contact: Mapping[str, str],
    family: Family | None = None,
    branch: Branch | None = None,
    identifiers: Mapping[str, str] | None = None,
    different_from: Sequence[str] = (),
    different_reason: str = "",
    consents: Sequence[str] = (),
    **details: Any,
) -> Patient:
    """Register a person and return the patient with a new medical record number.

    contact: name, relationship and phone of the emergency contact. family: the one to join; None opens a new one.
    identifiers: value by type key. different_from: ids of likely duplicates the user declared to be other people, for
    different_reason. consents: purposes that were agreed to. Raises DuplicatesUnanswered while a likely duplicate has
    no answer, IdentifierTaken, and GuardianMissing.
    """
    patient = Patient(**details, registered_by=by, registered_at_branch=branch)
    matches = find_duplicates(patient, identifiers or {})
    _require_answers(matches, different_from, different_reason)
    patient.family = family or open_family(by=by)
    patient.mrn = preference("patients.mrn_format").format(number=next_number("patients.mrn"))
    patient.save(force_insert=True)
    Family.objects.filter(pk=patient.family_id, head=None).update(head=patient)
    EmergencyContact.objects.create(patient=patient, **contact)
    set_identifiers(patient=patient, identifiers=identifiers or {}, by=by)
    index_patient(patient)
    _record_answers(patient, matches, different_reason, by)
    record_at_registration(patient=patient, purposes=consents, contact=contact, by=by)
    events.publish("patients.patient_registered", patient_id=patient.pk)
    return patient


@transaction.atomic
def change_patient(
    *,
    patient: Patient,
    version: int,
    by: User,
    contact: Mapping[str, str] | None = None,
    identifiers: Mapping[str, str] | None = None,
    **details: Any,
) -> Patient:
    """Change details of a patient; what is not named stays.

    Raises core.errors.RecordChanged when somebody saved a newer version than the user had seen, and IdentifierTaken.
    """
    stored = lock_current(Patient, patient.pk, version)
    before = tokens_of(stored)
    for name, value in details.items():
        setattr(stored, name, value)
    stored.touch_version()
    stored.save()
    if contact is not None:
        _change_contact(stored, contact)
    set_identifiers(patient=stored, identifiers=identifiers or {}, by=by)
    reindex_patient(stored, before=before)
    events.publish("patients.patient_changed", patient_id=stored.pk)
    return stored


def _change_contact(patient: Patient, contact: Mapping[str, str]) -> None:
    row = patient.emergency_contacts.order_by("id").first() or EmergencyContact(patient=patient)
    for name, value in contact.items():
        setattr(row, name, value)
    row.save()


def _require_answers(matches: Sequence[Match], different_from: Sequence[str], reason: str) -> None:
    answered = {str(pk) for pk in different_from} if reason.strip() else set()
    if any(str(match.patient.pk) not in answered for match in matches):
        raise DuplicatesUnanswered()


def _record_answers(patient: Patient, matches: Sequence[Match], reason: str, by: User) -> None:
    for match in matches:
        DuplicateAnswer.objects.create(
            patient=patient, other=match.patient, score=match.score, reason=reason, answered_by=by
        )
