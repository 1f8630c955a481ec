"""Many invented patients at once, written in batches and searchable like any other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction

from accounts.models import Branch, User
from core.clock import now
from core.preferences import preference
from demo.people import Place, person
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
    places = [Place(code) for code in Division.objects.filter(level=Level.COMMUNE).values_list("code", flat=True)]
    began = now() - over
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        moments = [began + over * ((start + place) / count) for place in range(size)]
        with transaction.atomic():
            yield _write_batch(chance, moments, places, by, branch)


def _write_batch(
    chance: Random, moments: list[datetime], places: list[Place], by: User, branch: Branch
) -> list[Patient]:
    mrn, families = _take("patients.mrn", len(moments)), _families(chance, len(moments))
    patients, contacts, heads = [], [], {}
    for number, (moment, family) in enumerate(zip(moments, families, strict=True)):
        details = person(chance, moment.date(), places)
        contact = details.pop("contact")
        patient = Patient(
            mrn=preference("patients.mrn_format").format(number=mrn + number),
            family=family,
            registered_by=by,
            registered_at_branch=branch,
            created_at=moment,
            **details,
        )
        patients.append(patient)
        contacts.append(EmergencyContact(patient=patient, **contact))
        heads.setdefault(family.pk, patient)
    Patient.objects.bulk_create(patients)
    EmergencyContact.objects.bulk_create(contacts)
    index_patients(patients)
    for family in {family.pk: family for family in families}.values():
        family.head = heads[family.pk]
    Family.objects.bulk_update({family.pk: family for family in families}.values(), ["head"])
    return patients


def _families(chance: Random, people: int) -> list[Family]:
    """One family for each person of the batch; neighbours share one."""
    sizes: list[int] = []
    while sum(sizes) < people:
        sizes.append(min(chance.choices(*FAMILY_SIZES)[0], people - sum(sizes)))
    first = _take("patients.family", len(sizes))
    made = Family.objects.bulk_create(
        [
            Family(number=preference("patients.family_format").format(number=first + place))
            for place in range(len(sizes))
        ]
    )
    return [family for family, size in zip(made, sizes, strict=True) for _ in range(size)]


def _take(key: str, count: int) -> int:
    """Take ``count`` running numbers of a series at once and return the first; rolled back with the batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (key, value) VALUES (%s, %s) "
            "ON CONFLICT (key) DO UPDATE SET value = core_counter.value + %s RETURNING value",
            [key, count, count],
        )
        return cursor.fetchone()[0] - count + 1
