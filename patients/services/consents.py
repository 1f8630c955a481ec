"""Consents: texts that a hospital publishes, decisions that patients make about them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core.numbering import next_number
from core.preferences import preference
from patients.errors import ConsentNotGiven, GuardianMissing
from patients.models import Consent, ConsentText, Patient
from patients.queries.consents import current_texts
from patients.services.documents import drop_photo
from patients.states import ConsentDecision, ConsentGiver, ConsentMethod, ConsentPurpose, Relationship

# Who may decide for a child at the desk, where the emergency contact stands beside it.
GUARDIANS = {
    Relationship.MOTHER,
    Relationship.FATHER,
    Relationship.GRANDPARENT,
    Relationship.GUARDIAN,
}


@transaction.atomic
def publish_text(*, purpose: str, asks_anew: bool, by: User, **texts: str) -> ConsentText:
    """Publish the next version of a purpose's text: title and text in each language (``title_en``, ``text_km``, …)."""
    return ConsentText.objects.create(
        purpose=purpose,
        version=next_number(f"consent.{purpose}"),
        asks_anew=asks_anew,
        published_by=by,
        **texts,
    )


@transaction.atomic
def record_consent(*, patient: Patient, text: ConsentText, decision: str, by: User, **facts: Any) -> Consent:
    """Note what the patient, or a guardian, decided about a text; the last decision stands.

    facts: given_by, guardian_name, guardian_relation, method, witness, remark. The patient's row is locked, so that of
    two decisions at once the later knows the earlier. Raises ConsentNotGiven where nothing given is withdrawn,
    GuardianMissing where a child decides alone.
    """
    locked = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient.pk)
    if needs_guardian(locked) and facts.get("given_by") != ConsentGiver.GUARDIAN:
        raise GuardianMissing()
    if decision == ConsentDecision.WITHDRAWN and _last_decision(locked, text.purpose) != ConsentDecision.PERMIT:
        raise ConsentNotGiven()
    consent = Consent.objects.create(
        patient=locked, text=text, purpose=text.purpose, decision=decision, recorded_by=by, **facts
    )
    if text.purpose == ConsentPurpose.PHOTO and decision != ConsentDecision.PERMIT:
        drop_photo(patient=locked, by=by)
    return consent


def record_at_registration(*, patient: Patient, purposes: Iterable[str], contact: Mapping[str, str], by: User) -> int:
    """Note what was agreed to while the patient was registered; for a child the emergency contact decides.

    Returns how many were noted. Raises GuardianMissing where the contact of a child is no guardian.
    """
    texts, given = current_texts(), list(purposes)
    facts: dict[str, Any] = {"method": ConsentMethod.SCREEN, "given_by": ConsentGiver.PATIENT}
    if given and needs_guardian(patient):
        if contact["relationship"] not in GUARDIANS:
            raise GuardianMissing(field=f"consent_{given[0]}")
        facts |= {
            "given_by": ConsentGiver.GUARDIAN,
            "guardian_name": contact["name"],
            "guardian_relation": contact["relationship"],
        }
    known = [texts[purpose] for purpose in given if purpose in texts]
    for text in known:
        record_consent(patient=patient, text=text, decision=ConsentDecision.PERMIT, by=by, **facts)
    return len(known)


def needs_guardian(patient: Patient) -> bool:
    """Whether somebody else decides for this patient, who is not of age."""
    return patient.age.years < preference("patients.consent_age")


def _last_decision(patient: Patient, purpose: str) -> str:
    last = patient.consents.filter(purpose=purpose).order_by("-id")
    return last.values_list("decision", flat=True).first() or ""
