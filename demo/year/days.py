"""Batch by batch: patients registered over a year, and the days on which half of them were seen."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from core import clock
from demo.cases import CASES
from demo.services.numbers import take_numbers
from demo.services.patients import communes, write_patients
from demo.year.bills import Bill, add_bill, add_payment, issue, settle_invoices
from demo.year.clinic import add_record
from demo.year.ground import Ground, prepare_ground
from demo.year.laboratory import accession_of, add_order
from demo.year.sheets import AFTER_ISSUE, BEFORE_ISSUE, Sheets
from demo.year.tills import till_of
from demo.year.visits import Coming, add_visit
from patients.models import Patient
from queueing.services.queues import open_queue

BATCH = 1_000
SPAN = timedelta(days=364)
SEEN = 0.5  # share of the patients with a visit
TESTED = 0.2  # share of the visits with a laboratory order


def fill_year(count: int, *, seed: int) -> Iterator[int]:
    """Bring the hospital to ``count`` invented patients with their history; yield how many are there after each batch.

    Each batch is one transaction, so an interrupted run goes on where it stopped. The same seed gives the same people.
    """
    ground = prepare_ground()
    done = Patient.objects.filter(registered_by=ground.archive).count()
    yield done
    places = communes()
    began = clock.day_bounds(clock.today())[0] - SPAN
    for start in range(done, count, BATCH):
        size = min(BATCH, count - start)
        chance = Random(f"{seed}.{start}")  # noqa: S311  invented people, not secrets
        moments = [_opening_hours(began + SPAN * ((start + place) / count)) for place in range(size)]
        with transaction.atomic():
            patients = write_patients(chance, moments, places, ground.archive, ground.branch)
            for day, comings in _days(patients, ground, chance).items():
                _write_day(ground, day, comings, chance)
        yield start + size


def _opening_hours(moment: datetime) -> datetime:
    """The same day between seven and half past three, later ones later."""
    start = clock.day_bounds(timezone.localdate(moment))[0]
    return start + timedelta(hours=7) + (moment - start) * (8.5 / 24)


def _days(patients: list[Patient], ground: Ground, chance: Random) -> dict[date, list[Coming]]:
    """Who is seen, by day; most on the day they registered."""
    days: dict[date, list[Coming]] = defaultdict(list)
    for number, patient in enumerate(patients):
        if chance.random() < SEEN:
            arrived = patient.created_at + timedelta(minutes=4)
            coming = Coming(patient, chance.choice(CASES), ground.doctors[number % 2], arrived, chance)
            days[timezone.localdate(arrived)].append(coming)
    return days


def _write_day(ground: Ground, day: date, comings: list[Coming], chance: Random) -> None:
    """One day: everything but money first, then payments inside the day's shift."""
    morning = clock.day_bounds(day)[0] + timedelta(hours=6)
    with clock.freeze(morning + timedelta(hours=13)), till_of(ground, day, morning) as shift:
        sheets = Sheets()
        bills = _add_comings(sheets, ground, day, comings, chance)
        sheets.write(BEFORE_ISSUE)
        branch = ground.branch.code
        issue(bills, ground, day, take_numbers(f"billing.invoice:{branch}:{day.year}", len(bills)))
        receipt = take_numbers(f"billing.receipt:{branch}:{day.year}", len(bills))
        for place, bill in enumerate(bills):
            add_payment(sheets, ground, bill, shift, f"{branch}-R{day.year}-{receipt + place:06d}", day)
        sheets.write(AFTER_ISSUE)
        settle_invoices(bills)


def _add_comings(sheets: Sheets, ground: Ground, day: date, comings: list[Coming], chance: Random) -> list[Bill]:
    queues = {
        doctor.pk: open_queue(branch=ground.branch, department=ground.opd, practitioner=doctor, date=day)
        for doctor in {coming.doctor for coming in comings}
    }
    number, bills = take_numbers("patients.visit", len(comings)), []
    tested = [coming for coming in comings if ground.tests and chance.random() < TESTED]
    orders = take_numbers("laboratory.order", len(tested)) if tested else 0
    tube = take_numbers(f"laboratory.accession.{day:%y%m%d}", len(tested)) if tested else 0
    for place, coming in enumerate(comings):
        add_visit(sheets, ground, coming, queues[coming.doctor.pk], day, number + place)
        add_record(sheets, ground, coming, day)
        item = None
        if coming in tested:
            item = add_order(sheets, ground, coming, chance.choice(ground.tests), orders, accession_of(day, tube))
            orders, tube = orders + 1, tube + 1
        bills.append(add_bill(sheets, ground, coming, item))
    for queue in queues.values():
        queue.save(update_fields=["last_number", "updated_at"])
    return bills
