from collections.abc import Iterator
from uuid import UUID

from accounts.models import User
from audit.models import Record
from core import clock
from core.preferences import preference
from oversight.models import WatchedPatient
from oversight.queries.readers import relations_to
from oversight.queries.trail import WRITES
from oversight.rules.findings import Finding, Reading, Readings
from oversight.states import Rule
from patients.access import treated_by
from patients.models import AccessGrant, Patient
from patients.states import Confidentiality

TREATING_DAYS = 30


def guarded_records(readings: Readings) -> Iterator[Finding]:
    """A confidential or watched record, read by somebody who neither treats the patient nor worked on the record."""
    if not preference("oversight.guarded_patients"):
        return
    watched = set(WatchedPatient.objects.filter(ended_at__isnull=True).values_list("patient_id", flat=True))
    for user, patient, rows in readings.pairs():
        guarded = patient.confidentiality != Confidentiality.NORMAL or patient.pk in watched
        if not guarded or is_at_work_on(user, patient, rows):
            continue
        if unasked := _without_grant(user, patient, rows):
            facts = {"times": len(unasked), "level": patient.confidentiality, "watched": patient.pk in watched}
            yield Finding(Rule.GUARDED, f"{patient.pk}:{rows[0].day}", unasked, facts, patient.pk)


def _without_grant(user: User, patient: Patient, rows: list[Reading]) -> list[Reading]:
    """Without what was read behind broken glass: that was said at once to whoever oversees privacy, with its reason."""
    grants = list(AccessGrant.objects.filter(user=user, patient=patient))
    return [one for one in rows if not any(grant.opened_at <= one.at < grant.expires_at for grant in grants)]


def is_at_work_on(user: User, patient: Patient, rows: list[Reading]) -> bool:
    """Whether something ties the person to the patient: treating, or having written something about them that day."""
    return (
        str(user.pk) in relations_to(patient.pk, TREATING_DAYS)
        or Patient.objects.filter(treated_by(user), pk=patient.pk).exists()
        or _wrote_about(user.pk, patient.pk, rows)
    )


def _wrote_about(user: UUID, patient: UUID, rows: list[Reading]) -> bool:
    start, end = clock.day_bounds(rows[0].day)
    written = Record.objects.filter(actor_id=str(user), at__gte=start, at__lt=end, kind__in=WRITES)
    return written.filter(after__patient_id=str(patient)).exists()
