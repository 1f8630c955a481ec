"""Batch by batch: patients registered over a year, and the days on which half of them were seen."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from core import clock
from demo.cases import CASES
from demo.past.days import Day, write_days
from demo.past.ground import Ground, archive_ground
from demo.past.visits import Coming
from demo.services.patients import communes, write_patients
from patients.models import Patient

BATCH = 1_000
SPAN = timedelta(days=364)
SEEN = 0.5  # share of the patients with a visit
TESTED = 0.2  # share of the visits with a laboratory order
TESTS = ("GLU", "HBA1C")  # one number each: enough to give a chart its results


def fill_year(count: int, *, seed: int) -> Iterator[int]:
    """Bring the hospital to ``count`` invented patients with their history; yield how many are there after each batch.

    Each batch is one transaction, so an interrupted run goes on where it stopped. The same seed gives the same people.
    """
    ground = archive_ground()
    done = Patient.objects.filter(registered_by=ground.cashier).count()
    yield done
    places = communes()
    began = clock.day_bounds(clock.today())[0] - SPAN
    for start in range(done, count, BATCH):
        size = min(BATCH, count - start)
        chance = Random(f"{seed}.{start}")  # noqa: S311  invented people, not secrets
        moments = [_opening_hours(began + SPAN * ((start + place) / count)) for place in range(size)]
        with transaction.atomic():
            patients = write_patients(chance, moments, places, ground.cashier, ground.branch)
            write_days(_days(patients, ground, chance))
        yield start + size


def _opening_hours(moment: datetime) -> datetime:
    """The same day between seven and half past three, later ones later."""
    start = clock.day_bounds(timezone.localdate(moment))[0]
    return start + timedelta(hours=7) + (moment - start) * (8.5 / 24)


def _days(patients: list[Patient], ground: Ground, chance: Random) -> list[Day]:
    """Who is seen, by day: on the day they registered."""
    days: dict[date, list[Coming]] = defaultdict(list)
    tests = [code for code in TESTS if code in ground.tests and ground.tests[code].charge_code in ground.prices]
    for number, patient in enumerate(patients):
        if chance.random() < SEEN:
            arrived = patient.created_at + timedelta(minutes=4)
            coming = Coming(patient, chance.choice(CASES), ground.doctors[number % 2], arrived, chance)
            coming.waited = chance.randint(0, 18)
            if tests and chance.random() < TESTED:
                coming.tests = (chance.choice(tests),)
            days[timezone.localdate(arrived)].append(coming)
    return [Day(ground, day, comings) for day, comings in sorted(days.items())]
