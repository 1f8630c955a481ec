"""Today at eleven with somebody at every step, through the services that the screens call."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random

from django.utils import timezone

from accounts.models import Branch, User
from billing.models import Shift
from billing.pricing import Paid
from billing.queries.worklist import running_shift
from billing.services.payments import take_payment
from billing.services.shifts import open_shift
from clinical.services.allergies import record_allergy, record_no_known_allergies
from core import clock
from core.money import KHR, USD
from crm.services.memberships import open_membership
from demo.cases import CASES
from demo.services.insured import insured_patients
from demo.services.office import furnish_office
from demo.services.setting import Place, place_of
from demo.services.story import Story, whole_visit
from patients.models import Patient
from patients.services.patients import change_patient
from patients.states import Confidentiality

FLOAT: dict[str, dict[int, int]] = {
    USD: {20: 2, 10: 2, 5: 4, 1: 20},
    KHR: {10_000: 20, 5_000: 20, 1_000: 50, 500: 40, 100: 50},
}
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


def _adults(patients: Iterable[Patient]) -> list[Patient]:
    """The cases are written for adults, and so are their doses."""
    return [patient for patient in patients if patient.age.years >= 15]


def open_till(place: Place, cashier: str = "cashier") -> Shift:
    """The cashier's till; one that was left open yesterday is still theirs."""
    person = place.people[cashier]
    return running_shift(person) or open_shift(drawer=place.drawer, counts=FLOAT, by=person)


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
    protect_two()
    furnish_office()
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
    insured_patients(lambda: story("M54.5"), chance)
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


def protect_two() -> None:
    """Of whom the first doctor saw today, one is restricted and one very restricted; `doctor2` treats neither."""
    doctor = User.objects.get(username="doctor")
    seen = Patient.objects.filter(encounters__practitioner=doctor, encounters__date=clock.today())
    levels = (Confidentiality.RESTRICTED, Confidentiality.VERY_RESTRICTED)
    of_others = seen.exclude(encounters__practitioner__username="doctor2").distinct().order_by("id")
    for level, patient in zip(levels, of_others[:2], strict=False):
        change_patient(patient=patient, version=patient.version, confidentiality=level, by=doctor)


def give_memberships(chance: Random, share: float = 0.4) -> None:
    """Part of the families holds a saving card."""
    reception = place_of(Branch.objects.order_by("code").first()).people["receptionist"]
    for patient in Patient.objects.select_related("family").order_by("id"):
        if patient.family.head_id == patient.pk and chance.random() < share:
            open_membership(family=patient.family, by=reception)
