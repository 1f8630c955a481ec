"""Breaking the glass: reading one guarded record for a stated reason and a short time."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import staff_who_may
from core import clock
from core.preferences import preference
from notifications.services import notify
from patients.access import open_grants, sight_of
from patients.errors import GlassNeedsNoBreaking, GlassReasonMissing
from patients.models import AccessGrant, Patient

LONGEST = 60  # minutes, whatever a preference says; the database holds it as well
SHORTEST_EXPLANATION = 10


@transaction.atomic
def break_glass(*, patient: Patient, reason: str, explanation: str, by: User) -> AccessGrant:
    """Let the person read the patient's record until the grant expires, and tell whoever oversees privacy.

    The person's row is locked, so that of two requests at once the second finds the grant of the first and returns it.
    Raises GlassReasonMissing without an explanation, GlassNeedsNoBreaking where the record is open to the person.
    """
    explanation = explanation.strip()
    if len(explanation) < SHORTEST_EXPLANATION:
        raise GlassReasonMissing(field="explanation")
    if sight_of(by).sees(patient):
        raise GlassNeedsNoBreaking()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    grant = open_grants(by).filter(patient=patient).first()
    return grant or _grant(patient, reason, explanation, by)


def _grant(patient: Patient, reason: str, explanation: str, by: User) -> AccessGrant:
    opened_at = clock.now()
    grant = AccessGrant.objects.create(
        patient=patient,
        user=by,
        user_name=str(by),
        role=by.role_line[:200],
        confidentiality=patient.confidentiality,
        reason=reason,
        explanation=explanation,
        opened_at=opened_at,
        expires_at=opened_at + timedelta(minutes=min(preference("patients.glass_minutes"), LONGEST)),
    )
    notify(
        users=staff_who_may("privacy:oversee"),
        kind="privacy",
        text=gettext_noop("The glass was broken: %(mrn)s was opened by %(login)s."),
        params={"mrn": patient.mrn, "login": by.get_username()},
        url=reverse("patients:grant-list"),
        urgent=True,
    )
    return grant
