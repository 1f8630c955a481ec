"""New readings as the rules look at them, and what a rule finds."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.models import Record
from oversight.queries.readers import SEEING
from oversight.queries.subjects import PATIENT
from oversight.queries.visits import UNDER_VISIT
from patients.models import Patient

RECORDS_KEPT = 500


@dataclass(frozen=True)
class Reading:
    """One look of one person at one patient's record."""

    number: int
    at: datetime.datetime
    actor: UUID
    name: str
    role: str
    patient: UUID

    @property
    def local(self) -> datetime.datetime:
        return timezone.localtime(self.at)

    @property
    def day(self) -> datetime.date:
        return self.local.date()


@dataclass(frozen=True)
class Finding:
    """What a rule found: the fields of an alert."""

    rule: str
    key: str
    readings: list[Reading]
    evidence: dict[str, Any] = field(default_factory=dict)
    patient: UUID | None = None

    def facts(self) -> dict[str, Any]:
        first, last = self.readings[0], self.readings[-1]
        return {
            "rule": self.rule,
            "key": self.key,
            "concerned_id": last.actor,
            "concerned_name": last.name,
            "concerned_role": last.role,
            "patient_id": self.patient,
            "window_start": first.at,
            "window_end": last.at,
            "records": [one.number for one in self.readings[:RECORDS_KEPT]],
            "evidence": self.evidence,
        }


class Readings:
    """The readings from ``since`` on until ``until``, with what several rules ask about them, asked once."""

    def __init__(self, since: datetime.datetime, until: datetime.datetime) -> None:
        self.since, self.until = since, until

    @cached_property
    def new(self) -> list[Reading]:
        return list(readings_between(self.since, self.until))

    @cached_property
    def by_actor(self) -> dict[UUID, list[Reading]]:
        return grouped(self.new, "actor")

    @cached_property
    def people(self) -> dict[UUID, User]:
        found = User.objects.select_related("profile__home_department").filter(pk__in=self.by_actor)
        return {user.pk: user for user in found}

    @cached_property
    def patients(self) -> dict[UUID, Patient]:
        return Patient.objects.in_bulk({one.patient for one in self.new})

    def pairs(self) -> Iterator[tuple[User, Patient, list[Reading]]]:
        """Each known person with each patient read, and the readings of each day."""
        for actor, readings in self.by_actor.items():
            for patient, rows in grouped(readings, "patient").items():
                for daily in grouped(rows, "day").values():
                    if actor in self.people and patient in self.patients:
                        yield self.people[actor], self.patients[patient], daily


def readings_between(since: datetime.datetime, until: datetime.datetime, **asked: Any) -> Iterator[Reading]:
    """What people read; not what support read on a visit through their eyes: visits are a kind of the trail's own."""
    found = Record.objects.filter(kind__in=SEEING, table_name=PATIENT, at__gt=since, at__lte=until, **asked)
    rows = found.exclude(Q(actor_id="") | UNDER_VISIT).order_by("at", "id")
    for number, at, actor, name, role, row in rows.values_list("id", "at", "actor_id", "actor", "role", "row_id"):
        try:
            yield Reading(number, at, UUID(actor), name, role, UUID(row))
        except ValueError:  # written by a program, not by a person
            continue


def grouped(readings: Iterable[Reading], by: str) -> dict[Any, list[Reading]]:
    found: dict[Any, list[Reading]] = defaultdict(list)
    for one in readings:
        found[getattr(one, by)].append(one)
    return found
