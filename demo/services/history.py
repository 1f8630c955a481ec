"""A month of finished days, and today at eleven with somebody at every step."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random

from django.utils import timezone

from accounts.models import Branch
from billing.models import Shift
from billing.pricing import Paid
from billing.services.payments import take_payment
from billing.services.shifts import accept_shift, close_shift, count_shift, open_shift
from clinical.services.allergies import record_allergy, record_no_known_allergies
from core import clock
from core.money import KHR, USD, Currency
from crm.services.memberships import open_membership
from demo.cases import CASES
from demo.services.setting import Place, place_of
from demo.services.story import Story, whole_visit
from patients.models import Patient

FLOAT: dict[str, dict[int, int]] = {
    USD: {20: 2, 10: 2, 5: 4, 1: 20},
    KHR: {10_000: 20, 5_000: 20, 1_000: 50, 500: 40, 100: 50},
}
NOTES = {USD: (100, 50, 20, 10, 5, 1), KHR: (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100)}
LIVELY_DAYS = 14
DOCTORS = ("doctor", "doctor2")
Tell = Callable[[str], None]


class Timeline:
    """The clock of the story: it moves by the minutes of each act, never beyond the real present."""

    def __init__(self, frozen: clock.FrozenClock, pace: float = 1.0) -> None:
        self.frozen, self.pace, self.end = frozen, pace, timezone.now()

    def tick(self, minutes: float) -> None:
        self.frozen.moment = min(self.end, self.frozen.moment + datetime.timedelta(minutes=minutes * self.pace))


@contextmanager
def beginning_at(moment: datetime.datetime, pace: float = 1.0) -> Iterator[Timeline]:
    with clock.freeze(moment) as frozen:
        yield Timeline(frozen, pace)


def tell_history(*, days: int, visits_a_day: int, seed: int, tell: Tell) -> None:
    """Live through the last ``days`` days (Sundays are closed) in every branch, the first one busiest."""
    chance = Random(seed)  # noqa: S311
    patients = _adults(Patient.objects.order_by("id"))
    chance.shuffle(patients)
    queue = iter(patients * 4)
    today = clock.today()
    for back in range(days, 0, -1):
        day = today - datetime.timedelta(days=back)
        if day.weekday() == 6:
            continue
        busy = (
            visits_a_day if back <= LIVELY_DAYS else 1
        )  # what the owner's charts show is busy, before it is a trickle
        for number, branch in enumerate(Branch.objects.order_by("code")):
            _live_day(day, place_of(branch), max(1, busy // (1 + 2 * number)), queue, chance)
        tell(f"{day:%Y-%m-%d}")


def _adults(patients: Iterable[Patient]) -> list[Patient]:
    """The cases are written for adults, and so are their doses."""
    return [patient for patient in patients if patient.age.years >= 15]


def _live_day(day: datetime.date, place: Place, visits: int, patients: Iterator[Patient], chance: Random) -> None:
    morning = clock.day_bounds(day)[0] + datetime.timedelta(hours=7)
    with beginning_at(morning) as time:
        shift = open_till(place)
        for number in range(visits):
            story = Story(place, next(patients), chance.choice(CASES), DOCTORS[number % 2], chance)
            whole_visit(story, time.tick)
            time.tick(chance.randint(1, 6))
        time.tick(20)
        _close_till(place, shift)


def open_till(place: Place, cashier: str = "cashier") -> Shift:
    return open_shift(drawer=place.drawer, counts=FLOAT, by=place.people[cashier])


def _close_till(place: Place, shift: Shift) -> None:
    """Count what is there; the accountant takes it over."""
    from billing.queries.ledger import shift_expectation

    cashier, expected = place.people["cashier"], shift_expectation(shift)
    count_shift(shift=shift, counts={money: _notes(money, amount) for money, amount in expected.items()}, by=cashier)
    close_shift(shift=shift, reasons={USD: "Counted again, no cause found", KHR: "Small notes short"}, by=cashier)
    accept_shift(shift=shift, by=place.people["accountant"], note="Agrees with the count")


def _notes(currency: str, amount: Decimal) -> dict[int, int]:
    """The fewest notes that make the amount; what no note can make stays a difference."""
    counts, rest = {}, int(amount)
    for note in NOTES[Currency(currency)]:
        counts[note], rest = divmod(rest, note)
    return counts


def tell_today(*, seed: int, tell: Tell) -> None:
    """Somebody at every step of the way, right now."""
    chance = Random(seed)  # noqa: S311
    now = timezone.now()
    opening = max(now - datetime.timedelta(minutes=210), clock.day_bounds(clock.today())[0])
    minutes = (now - opening).total_seconds() / 60
    for branch in Branch.objects.order_by("code")[:1]:
        with beginning_at(opening, pace=minutes / 900) as time:
            _live_morning(place_of(branch), time, chance)
            time.frozen.moment = now
    _remember_allergies(chance)
    tell("today")


def _live_morning(place: Place, time: Timeline, chance: Random) -> None:
    patients = iter(_adults(Patient.objects.exclude(visits__date=clock.today()).order_by("-id")[:150]))
    open_till(place)
    turn = iter(range(1_000))

    def story(code: str = "") -> Story:
        case = next((case for case in CASES if case.code == code), None) or chance.choice(CASES)
        return Story(place, next(patients), case, DOCTORS[next(turn) % 2], chance)

    for _ in range(5):
        whole_visit(story(), time.tick)
    _seen(story("I10"), time, upto="ordered")
    _seen(story("A90"), time, upto="collected")
    _seen(story("N39.0"), time, upto="received")
    _seen(story("D50.9"), time, upto="resulted")
    _seen(story("E11.9"), time, upto="resulted")
    _seen(story("I10"), time, upto="critical")
    _seen(story("A90"), time, upto="verified")
    for step in ("finished", "finished", "prepared", "billed", "part paid", "paid"):
        _left_the_doctor(story("K29.7" if step == "part paid" else ""), time, step)
    emergency = story("A90")
    emergency.arrive("emergency")
    time.tick(3)
    emergency.triage()
    for _ in range(4):
        waiting = story()
        waiting.arrive()
        time.tick(8)
        waiting.triage()
    for _ in range(2):
        consulted = story("M54.5")
        consulted.arrive()
        consulted.triage()
        time.tick(10)
        consulted.begin()
        consulted.write()
    for _ in range(4):
        story().arrive()
        time.tick(5)


def _seen(story: Story, time: Timeline, *, upto: str) -> None:
    """Sent to the laboratory by the doctor, and how far the laboratory has come."""
    story.arrive()
    time.tick(8)
    story.triage()
    time.tick(12)
    story.begin()
    story.write()
    story.order_tests()
    story.send_for_tests()
    steps = ["ordered", "collected", "received", "resulted", "verified"]
    last = steps.index("verified" if upto == "critical" else upto)
    acts = [story.collect, story.receive, lambda: story.enter_results(critical=upto == "critical"), story.verify]
    for act in acts[:last]:
        time.tick(6)
        act()


def _left_the_doctor(story: Story, time: Timeline, step: str) -> None:
    """Finished with the doctor; somewhere between pharmacy and cashier."""
    story.arrive()
    time.tick(5)
    story.triage()
    time.tick(12)
    story.begin()
    story.write()
    story.finish()
    if step in ("prepared", "billed", "paid"):
        time.tick(5)
        story.prepare()
    if step in ("billed", "part paid", "paid"):
        story.bill()
    if step == "part paid":
        with story.as_("cashier"):
            take_payment(invoice=story.invoice, tenders=[Paid("cash", USD, Decimal(2))], by=story.people["cashier"])
    if step == "paid":
        story.pay()


def _remember_allergies(chance: Random) -> None:
    """Some patients carry an allergy, most were asked and have none."""
    place = place_of(Branch.objects.order_by("code").first())
    doctor = place.people["doctor"]
    for number, patient in enumerate(Patient.objects.order_by("-id")[:40]):
        if number % 7 == 0:
            substance, atc = chance.choice([("Penicillin", "J01C"), ("Ibuprofen", "M01AE01"), ("Crab", "")])
            record_allergy(patient=patient, substance=substance, atc_code=atc, reaction="Rash", by=doctor)
        else:
            record_no_known_allergies(patient=patient, by=doctor)


def give_memberships(chance: Random, share: float = 0.4) -> None:
    """Part of the families holds a saving card."""
    reception = place_of(Branch.objects.order_by("code").first()).people["receptionist"]
    for patient in Patient.objects.select_related("family").order_by("id"):
        if patient.family.head_id == patient.pk and chance.random() < share:
            open_membership(family=patient.family, by=reception)
