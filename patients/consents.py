"""May something be done with a patient's data, and why or why not: the one place that is asked.

====================================  =================================================================================
treatment, reminders, photo           allowed unless the patient refused or withdrew: the care itself is asked for by
                                      coming, and a reminder of one's own appointment is part of it
campaigns, sharing, research          only where the patient has agreed, to a text that still counts
====================================  =================================================================================

Whoever sends a message to patients asks ``may_contact``, whoever hands documents to others asks ``may_share``, and says
with ``withhold`` in the trail what did not go out and why. A warning that protects the patient's own life (a recalled
medicine, a critical result) is no message of these kinds and asks nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from audit.services import record_event
from patients.models import Consent, ConsentText, Patient
from patients.states import ConsentDecision, ConsentPurpose, Ground

UNLESS_REFUSED = {ConsentPurpose.TREATMENT, ConsentPurpose.REMINDERS, ConsentPurpose.PHOTO}
MESSAGES = {ConsentPurpose.REMINDERS, ConsentPurpose.CAMPAIGNS}
SHARING = {ConsentPurpose.SHARE_FACILITY, ConsentPurpose.SHARE_INSURER, ConsentPurpose.RESEARCH}
# FHIR R4 Consent.scope, and Consent.provision.purpose (http://terminology.hl7.org/CodeSystem/v3-ActReason)
FHIR: dict[str, tuple[str, str]] = {
    ConsentPurpose.TREATMENT: ("treatment", "TREAT"),
    ConsentPurpose.REMINDERS: ("patient-privacy", "PATADMIN"),
    ConsentPurpose.PHOTO: ("patient-privacy", "PATADMIN"),
    ConsentPurpose.CAMPAIGNS: ("patient-privacy", "HMARKT"),
    ConsentPurpose.SHARE_FACILITY: ("patient-privacy", "CAREMGT"),
    ConsentPurpose.SHARE_INSURER: ("patient-privacy", "HPAYMT"),
    ConsentPurpose.RESEARCH: ("research", "HRESCH"),
}


@dataclass(frozen=True)
class Answer:
    """Whether it may be done, and on what ground; true where it may."""

    allowed: bool
    ground: Ground

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def why(self) -> str:
        """The ground in the reader's language."""
        return str(self.ground.label)


def may_contact(patient: Patient, purpose: str) -> Answer:
    """Whether a message of this kind (reminders, campaigns) may go to the patient."""
    return may_contact_all([patient], purpose)[patient.pk]


def may_contact_all(patients: Iterable[Patient], purpose: str) -> dict[UUID, Answer]:
    """The same for many, in two statements."""
    if purpose not in MESSAGES:
        raise ValueError(f"{purpose} is no kind of message")
    patients = list(patients)
    standing = standing_of([patient.pk for patient in patients], purpose)
    barred = {patient.pk: answer for patient in patients if (answer := _out_of_reach(patient)) is not None}
    return {**standing, **barred}


def may_share(patient: Patient, purpose: str) -> Answer:
    """Whether documents of the patient may leave the hospital for this purpose (facility, insurer, research)."""
    return may_share_all([patient], purpose)[patient.pk]


def may_share_all(patients: Iterable[Patient], purpose: str) -> dict[UUID, Answer]:
    """The same for many, in two statements."""
    if purpose not in SHARING:
        raise ValueError(f"{purpose} is no kind of sharing")
    patients = list(patients)
    closed = Answer(allowed=False, ground=Ground.CLOSED)
    standing = standing_of([patient.pk for patient in patients], purpose)
    return {**standing, **{patient.pk: closed for patient in patients if patient.closed_at}}


def may_keep_photo(patient: Patient) -> Answer:
    """Whether the patient's face may stand on the record."""
    return standing_of([patient.pk], ConsentPurpose.PHOTO)[patient.pk]


def withhold(patient: Patient, purpose: str, answer: Answer, what: str) -> None:
    """Say in the trail that ``what`` (a stable name) was not sent to or about this patient, and on what ground."""
    record_event(
        "withheld", Patient._meta.db_table, patient.pk, what=what, purpose=str(purpose), why=str(answer.ground)
    )


def standing_of(patients: Iterable[UUID], purpose: str) -> dict[UUID, Answer]:
    """What the last decision of each patient about one purpose means today."""
    ids = list(patients)
    last = Consent.objects.filter(patient__in=ids, purpose=purpose).order_by("patient", "-id").distinct("patient")
    decided = {row[0]: row[1:] for row in last.values_list("patient", "decision", "text__version")}
    since = _counts_since(purpose)
    return {pk: answer_to(purpose, *decided.get(pk, ("", 0)), since=since) for pk in ids}


def answer_to(purpose: str, decision: str, version: int, *, since: int) -> Answer:
    """The rule itself: a decision about a purpose to a version of its text, of which those from ``since`` on count."""
    if decision == ConsentDecision.DENY:
        return Answer(allowed=False, ground=Ground.REFUSED)
    if decision == ConsentDecision.WITHDRAWN:
        return Answer(allowed=False, ground=Ground.WITHDRAWN)
    if decision == ConsentDecision.PERMIT and version >= since:
        return Answer(allowed=True, ground=Ground.GIVEN)
    if purpose in UNLESS_REFUSED:
        return Answer(allowed=True, ground=Ground.UNLESS_REFUSED)
    return Answer(allowed=False, ground=Ground.ASK_AGAIN if decision else Ground.NOT_ASKED)


def _out_of_reach(patient: Patient) -> Answer | None:
    """Why nobody writes to this patient, whatever was decided; None where one may ask."""
    if patient.closed_at or patient.erased_at:
        return Answer(allowed=False, ground=Ground.CLOSED)
    return Answer(allowed=False, ground=Ground.DECEASED) if patient.deceased_on else None


def _counts_since(purpose: str) -> int:
    """The version that last asked everybody anew."""
    anew = ConsentText.objects.filter(purpose=purpose, asks_anew=True).order_by("-version")
    return anew.values_list("version", flat=True).first() or 0
