"""Who looked at a patient, how often, and what brought them there."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Min, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Kind, Record
from clinical.models import Encounter, VitalSigns
from core import clock
from laboratory.models import Order
from oversight.queries.subjects import PATIENT
from oversight.queries.visits import UNDER_VISIT
from patients.models import AccessGrant, Patient, Visit
from pharmacy.models import Prescription

UUID_LENGTH = 36
SEEING = (Kind.READ, Kind.PRINT, Kind.EXPORT)


@dataclass
class Reader:
    """One person who read a patient's record: how often, between when, and why as far as it is known."""

    actor_id: str
    name: str
    role: str
    times: int
    first: datetime.datetime
    last: datetime.datetime
    why: list[str] = field(default_factory=list)


def readings_of(patient_id: UUID) -> QuerySet[Record]:
    """Every reading, paper and export of one patient's record, newest first."""
    found = Record.objects.filter(table_name=PATIENT, row_id=str(patient_id), kind__in=SEEING)
    return found.order_by("-at", "-id")


def readers_of(patient_id: UUID, days: int = 0) -> list[Reader]:
    """Who read the record (in the last ``days``, 0 for ever), the one who read most first."""
    found = readings_of(patient_id).order_by()
    if days:
        found = found.filter(at__gte=clock.now() - datetime.timedelta(days=days))
    counted = found.values("actor_id", under_visit=ExpressionWrapper(UNDER_VISIT, BooleanField())).annotate(
        times=Count("id"), first=Min("at"), last=Max("at"), name=Max("actor"), role=Max("role")
    )
    why = relations_to(patient_id)
    for grant in AccessGrant.objects.filter(patient=patient_id).order_by("opened_at"):
        why[str(grant.user_id)].append(_("Broke the glass: %(reason)s") % {"reason": grant.get_reason_display()})
    rows = list(counted.order_by("-times", "name"))
    people = names_of(row["actor_id"] for row in rows)
    return [
        Reader(
            row["actor_id"],
            row["name"] if row["under_visit"] else people.get(row["actor_id"]) or row["name"],
            row["role"],
            row["times"],
            row["first"],
            row["last"],
            [] if row["under_visit"] else why[row["actor_id"]],
        )
        for row in rows
    ]


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """The names of those who still have an account, by their ids; the trail itself keeps the sign-in name."""
    wanted = {one for one in ids if len(one) == UUID_LENGTH}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=wanted).values_list("pk", "full_name")}


def relations_to(patient_id: UUID, days: int = 0) -> dict[str, list[str]]:
    """What ties each member of staff to the patient (in the last ``days``), in words, by the person's id."""
    found: dict[str, list[str]] = defaultdict(list)
    recent = {"created_at__gte": clock.now() - datetime.timedelta(days=days)} if days else {}
    for words, people in _ties(patient_id, recent):
        for person in {one for one in people if one}:
            if words not in found[str(person)]:
                found[str(person)].append(words)
    return found


def _ties(patient_id: UUID, recent: dict[str, Any]) -> list[tuple[str, Any]]:
    def people(model: Any, who: str, **asked: Any) -> Any:
        return model.objects.filter(**asked, **recent).values_list(who, flat=True)

    return [
        (_("Registered the patient"), people(Patient, "registered_by", pk=patient_id)),
        (_("Attending"), people(Visit, "practitioner", patient=patient_id)),
        (_("Attending"), people(Encounter, "practitioner", patient=patient_id)),
        (_("Opened a visit"), people(Visit, "opened_by", patient=patient_id)),
        (_("Measured vital signs"), people(VitalSigns, "taken_by", patient=patient_id)),
        (_("Ordered tests"), people(Order, "ordered_by", patient=patient_id)),
        (_("Prescribed"), people(Prescription, "prescriber", patient=patient_id)),
    ]
