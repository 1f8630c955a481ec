"""Many invented patients at once, written in batches and searchable like any other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Branch, User
from core.clock import now
from core.preferences import preference
from demo.people import Place, person
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
    families = _families(chance, moments)
    patients, contacts, heads = [], [], {}
    mrn, shape = take_numbers("patients.mrn", len(moments)), preference("patients.mrn_format")
    for number, (moment, family) in enumerate(zip(moments, families, strict=True)):
        details = person(chance, moment.date(), places)
        contact = details.pop("contact")
        patient = Patient(
            id=id_at(moment),
            mrn=shape.format(number=mrn + number),
            family=family,
            registered_by=by,
            registered_at_branch=branch,
            created_at=moment,
            **details,
        )
        patients.append(patient)
        contacts.append(EmergencyContact(id=id_at(moment), patient=patient, created_at=moment, **contact))
        heads.setdefault(family.pk, patient)
    Patient.objects.bulk_create(patients)
    EmergencyContact.objects.bulk_create(contacts)
    index_patients(patients)
    _name_heads(heads)
    return patients


def _name_heads(heads: dict[UUID, Patient]) -> None:
    """The first of a family to come is its head."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_family SET head_id = named.head, updated_at = %s "
            "FROM unnest(%s::uuid[], %s::uuid[]) AS named(family, head) WHERE id = named.family",
            [now(), list(heads), [patient.pk for patient in heads.values()]],
        )


def _families(chance: Random, moments: list[datetime]) -> list[Family]:
    """One family for each person of the batch; neighbours share one."""
    sizes: list[int] = []
    while sum(sizes) < len(moments):
        sizes.append(min(chance.choices(*FAMILY_SIZES)[0], len(moments) - sum(sizes)))
    begins = [moments[place] for place in accumulate(sizes[:-1], initial=0)]
    first, shape = take_numbers("patients.family", len(sizes)), preference("patients.family_format")
    made = Family.objects.bulk_create(
        Family(id=id_at(moment), created_at=moment, number=shape.format(number=first + place))
        for place, moment in enumerate(begins)
    )
    return [family for family, size in zip(made, sizes, strict=True) for _ in range(size)]
