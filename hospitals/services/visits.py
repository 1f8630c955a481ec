"""Support begins a visit in the console; the hospital's own room decides whether it may."""

from uuid import UUID

from django.db import transaction
from django_tenants.utils import schema_context

from accounts.models import User
from accounts.services.visits import prepare_visit, visits_allowed_until
from audit.services import record_event
from core import preferences
from hospitals.models import Hospital


def people_to_see(hospital: Hospital) -> list[tuple[str, str]]:
    """Whose view can be seen: nobody while the hospital does not allow visits."""
    with schema_context(hospital.schema_name):
        if visits_allowed_until() is None:
            return []
        people = User.objects.filter(is_active=True).prefetch_related("assignments__role")
        return [(str(one.pk), f"{one.full_name} · {one.username} · {one.role_line}") for one in people]


@transaction.atomic
def begin_visit(*, hospital: Hospital, person: UUID, reason: str, browser: str, by: User) -> str:
    """Prepare the visit in the hospital and note it on the platform; returns the token of the hand-over."""
    with schema_context(hospital.schema_name):
        token = prepare_visit(person=person, reason=reason, supporter=by.username, supporter_id=by.pk, browser=browser)
    preferences.forget()
    record_event("support_visit", hospital=str(hospital.pk), person=str(person))
    return token
