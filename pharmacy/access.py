"""Whose prescriptions a person sees; see patients.access.

Whoever prepares medicines sees the prescriptions that are open or were signed within the treating window, whoever the
patient is: the bag is filled for the person at the window. The chart stays closed to them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from core import clock
from core.preferences import preference
from patients.access import Days, relates, sight_of
from pharmacy.models import Prescription
from pharmacy.states import OPEN_PRESCRIPTIONS


@relates()
def prescribing(person: UUID, days: Days) -> QuerySet:
    """Whoever prescribed medicines."""
    return Prescription.objects.filter(prescriber=person, signed_at__gte=days.since_at).values("patient")


def prescriptions_in_sight(user: Any, path: str = "") -> Q:
    """Prescriptions (path "") or rows of a prescription within the person's sight or work."""
    prefix = f"{path}__" if path else ""
    seen = sight_of(user).of(f"{prefix}patient")
    if not user.may("dispense:prepare"):
        return seen
    since = clock.now() - timedelta(days=preference("patients.treating_days"))
    return seen | Q(**{f"{prefix}status__in": OPEN_PRESCRIPTIONS}) | Q(**{f"{prefix}signed_at__gte": since})
