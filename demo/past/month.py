"""The month that the demo looks back on, with the patients a hospital has: every branch, Sundays closed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from django.db import transaction

from accounts.models import Branch
from core import clock
from demo.cases import CASES
from demo.past.days import Day, write_days
from demo.past.ground import Ground, ground_of
from demo.past.visits import Coming
from patients.models import Patient

LIVELY_DAYS = 14
CASHIERS = ("cashier", "cashier2")
ADULT = 15
DAY = timedelta(hours=8)  # over which arrivals spread


def fill_month(days: int, *, visits_a_day: int, seed: int) -> None:
    """Fill the last ``days`` days of every branch, the first branch busiest, the last fortnight more than the rest."""
    chance = Random(seed)  # noqa: S311
    patients = list(Patient.objects.order_by("id"))
    grounds = [
        ground_of(branch, cashier=CASHIERS[number % 2]) for number, branch in enumerate(Branch.objects.order_by("code"))
    ]
    written = []
    for day, back in _open_days(days):
        known = _known(patients, day)
        for number, ground in enumerate(grounds):
            visits = max(1, (visits_a_day if back <= LIVELY_DAYS else 1) // (1 + 2 * number))
            written.append(Day(ground, day, _comings(ground, day, known, visits, chance)))
    with transaction.atomic():
        write_days(written)


def _open_days(days: int) -> Iterator[tuple[date, int]]:
    """The days but Sundays, oldest first, each with how many days back it is."""
    for back in range(days, 0, -1):
        day = clock.today() - timedelta(days=back)
        if day.weekday() != 6:
            yield day, back


def _known(patients: Sequence[Patient], day: date) -> list[Patient]:
    """Adults registered before the day; the cases are written for adults, and so are their doses."""
    opening = clock.day_bounds(day)[0]
    return [patient for patient in patients if patient.created_at < opening and patient.age.years >= ADULT]


def _comings(ground: Ground, day: date, patients: Sequence[Patient], visits: int, chance: Random) -> list[Coming]:
    opening = clock.day_bounds(day)[0] + timedelta(hours=7)
    comings = []
    for number, patient in enumerate(chance.sample(patients, visits)):
        case = chance.choice(CASES)
        arrived = opening + DAY * (number / visits) + timedelta(minutes=chance.randint(0, 40))
        comings.append(
            Coming(
                patient,
                case,
                ground.doctors[number % 2],
                arrived,
                chance,
                waited=chance.randint(0, 18),
                panels=case.panels,
                tests=case.tests,
                drugs=case.drugs,
            )
        )
    return comings
