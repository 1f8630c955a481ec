"""Many invented patients at once, written in batches and searchable like any other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from django.db import transaction

from accounts.models import Branch, User
from core.clock import now
from core.preferences import preference
from demo.people import Place, person
from demo.services.copying import copy_in
from demo.services.numbers import id_at, take_numbers
from patients.models import EmergencyContact, Family, Patient
from patients.services.tokens import index_patients
from terminology.models import Division
from terminology.models.division import Level

BATCH = 1_000
FAMILY_SIZES = ([1, 2, 3, 4], [55, 25, 12, 8])


def make_patients(count: int, *, seed: int, over: timedelta) -> Iterator[list[Patient]]:
    """Create ``count`` patients registered evenly over the time that ended now, and yield each committed batch."""
    chance = Random(seed)  # noqa: S311  invented people, not secrets
    by, branch = User.objects.get(username="receptionist"), Branch.objects.order_by("code").first()
    places = communes()
    began = now() - over
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        moments = [began + over * ((start + place) / count) for place in range(size)]
        with transaction.atomic():
            yield write_patients(chance, moments, places, by, branch)


def communes() -> list[Place]:
    return [Place(code) for code in Division.objects.filter(level=Level.COMMUNE).values_list("code", flat=True)]


def write_patients(
    chance: Random, moments: list[datetime], places: list[Place], by: User, branch: Branch
) -> list[Patient]:
    """Write one person registered at each of the moments, inside the caller's transaction."""
    keys = [id_at(moment) for moment in moments]
    families = _families(chance, moments, keys)
    patients, contacts = [], []
    mrn, shape = take_numbers("patients.mrn", len(moments)), preference("patients.mrn_format")
    for number, (key, moment, family) in enumerate(zip(keys, moments, families, strict=True), start=mrn):
        details = person(chance, moment.date(), places)
        contact = details.pop("contact")
        patient = Patient(
            id=key,
            mrn=shape.format(number=number),
            family=family,
            registered_by=by,
            registered_at_branch=branch,
            created_at=moment,
            **details,
        )
        patients.append(patient)
        contacts.append(EmergencyContact(id=id_at(moment), patient=patient, created_at=moment, **contact))
    copy_in(patients)
    copy_in(contacts)
    index_patients(patients)
    return patients


def _families(chance: Random, moments: list[datetime], patients: list[UUID]) -> list[Family]:
    """One family for each person of the batch; neighbours share one, and the first of them to come is its head."""
    sizes: list[int] = []
    while sum(sizes) < len(moments):
        sizes.append(min(chance.choices(*FAMILY_SIZES)[0], len(moments) - sum(sizes)))
    first, shape = take_numbers("patients.family", len(sizes)), preference("patients.family_format")
    made = [
        Family(
            id=id_at(moments[place]),
            created_at=moments[place],
            number=shape.format(number=number),
            head_id=patients[place],
        )
        for number, place in enumerate(accumulate(sizes[:-1], initial=0), start=first)
    ]
    copy_in(made)
    return [family for family, size in zip(made, sizes, strict=True) for _ in range(size)]
