"""Reads of alerts: nobody sees those about themselves."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from audit.models import Record
from oversight.models import Alert
from oversight.queries.readers import SEEING
from oversight.queries.subjects import PATIENT
from oversight.states import OPEN, Outcome
from patients.models import Patient
from patients.queries import visible_patients

LONGEST_TIMELINE = 2_000


def visible_alerts(user: Any) -> QuerySet[Alert]:
    """The alerts this person watches over, newest first; what concerns the person does not exist."""
    if not user.may("privacy:oversee"):
        return Alert.objects.none()
    return Alert.objects.select_related("decision").exclude(concerned_id=user.pk).order_by("-id")


def open_alerts(user: Any) -> QuerySet[Alert]:
    return visible_alerts(user).filter(decision__isnull=True)


def alerts_in_state(user: Any, state: str) -> QuerySet[Alert]:
    if state == OPEN:
        return open_alerts(user)
    return visible_alerts(user).filter(decision__outcome=state) if state in Outcome.values else visible_alerts(user)


def timeline_of(alert: Alert) -> list[Record]:
    """What the person read in the alert's time, of its patient where it is about one; oldest first."""
    found = Record.objects.filter(
        actor_id=str(alert.concerned_id),
        at__gte=alert.window_start,
        at__lte=alert.window_end,
        table_name=PATIENT,
        kind__in=SEEING,
    )
    if alert.patient_id:
        found = found.filter(row_id=str(alert.patient_id))
    return list(found.order_by("at", "id")[:LONGEST_TIMELINE])


def affected(rows: Iterable[Record], user: Any) -> list[dict[str, Any]]:
    """The patients these readings touched: number and times read, and the name where this person may see it."""
    times: dict[str, int] = {}
    for row in rows:
        times[row.row_id] = times.get(row.row_id, 0) + 1
    patients = Patient.objects.in_bulk([UUID(key) for key in times])
    named = set(visible_patients(user).filter(pk__in=patients).values_list("pk", flat=True))
    return [
        {"mrn": patient.mrn, "name": patient.full_name if patient.pk in named else "", "times": times[str(patient.pk)]}
        for patient in sorted(patients.values(), key=lambda one: (-times[str(one.pk)], one.mrn))
    ]
