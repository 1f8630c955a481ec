"""Moves of a hospital after it was made."""

from django.db import transaction

from accounts.models import User
from audit import context
from hospitals.middleware import forget_hospitals
from hospitals.models import Hospital
from hospitals.states import hospital_flow


def suspend_hospital(*, hospital: Hospital, reason: str, by: User) -> None:
    """Close a hospital's doors; its data stays. Other processes notice within seconds."""
    _move(hospital, "suspend", reason)


def activate_hospital(*, hospital: Hospital, reason: str, by: User) -> None:
    _move(hospital, "activate", reason)


def _move(hospital: Hospital, verb: str, reason: str) -> None:
    with transaction.atomic(), context(reason=reason):
        locked = Hospital.objects.select_for_update().get(pk=hospital.pk)
        locked.status = hospital_flow.check(verb, locked.status)
        locked.save(update_fields=["status", "updated_at"])
    forget_hospitals()
