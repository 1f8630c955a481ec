"""One patient through the whole day, in each language: from the desk to the closed visit, by words on the screen."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from playwright.sync_api import Page, expect

from accounts.models import Branch, User
from billing.models import Drawer, Payment, Shift
from billing.services.drawers import save_drawer
from billing.services.shifts import close_shift, count_shift
from clinical.models import Encounter
from laboratory.models import Order, Specimen
from patients.models import Patient, Visit
from pharmacy.models import Medicine, Prescription
from queueing.services.displays import create_display
from tests.factories import billing as money
from tests.factories import pharmacy as shelf
from tests.factories.clinical import price_consultations
from tests.factories.queueing import department
from tests.support.threads import eventually

NAMES = {
    "en": ("Phan", "Ratha", "012 700 101"),
    "km": ("Keo", "Sopheap", "012 700 202"),
    "zh-hans": ("Lim", "Meng", "012 700 303"),
}
VITALS = {"temperature": "38.4", "pulse": "96", "respiration": "18", "systolic": "118", "diastolic": "76", "spo2": "97"}


class Day:
    """The words of one language, and windows of people who read it."""

    def __init__(self, language: str, page_for: Callable[..., Page]) -> None:
        self.language, self.page_for = language, page_for
        self.screen = self.waiting_room()

    def say(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)

    def count(self, one: str, many: str, number: int) -> str:
        with translation.override(self.language):
            return ngettext(one, many, number) % {"number": number}

    def waiting_room(self) -> Page:
        """The screen of the waiting room, which speaks this language."""
        made = {"name": f"Room {self.language}", "branch": Branch.objects.get(), "languages": [self.language]}
        _, key = create_display(**made, by=User.objects.get(username="admin"))
        return self.page_for(None, surface="queue", at=f"/display/{key}/")

    def person(self, username: str) -> Page:
        page = self.page_for(username, language=self.language)
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        return page

    def press(self, where, text: str, context: str = "") -> None:
        where.get_by_role("button", name=self.say(text, context), exact=True).first.click()

    def follow(self, where, text: str) -> None:
        where.get_by_role("link", name=self.say(text)).first.click()


@pytest.fixture(params=["en", "km", "zh-hans"])
def day(request, empty_rooms, page_for):
    price_consultations("5.00")
    money.rate()
    save_drawer(branch=Branch.objects.get(), code="DAY", name="Day desk")
    shelf.in_stock(Medicine.objects.get(code="PARACETAMOL-500-MG-TAB"), 200)
    yield Day(request.param, page_for)
    cashier = User.objects.get(username="cashier2")
    for shift in Shift.objects.filter(cashier=cashier, status="open"):
        count_shift(shift=shift, counts={}, by=cashier)
        close_shift(shift=shift, reasons={"USD": "test", "KHR": "test"}, by=cashier)


def test_a_whole_day_in_every_language(day):
    patient = register(day)
    encounter = enrol(day, patient)
    triage(day, encounter)
    doctor = consult(day, encounter)
    laboratory(day, encounter)
    finish(day, doctor, encounter)
    reserve(day, encounter)
    pay(day, encounter)
    hand_over(day, encounter)
    assert eventually(lambda: Visit.objects.get(pk=encounter.visit_id).status == "closed")  # an event closes it


def register(day: Day) -> Patient:
    family, given, phone = NAMES[day.language]
    desk = day.person("receptionist")
    desk.goto("/patients/new/")
    for name, value in {
        "family_name": family,
        "given_name": given,
        "birth_date": "1985-04-13",
        "phone": phone,
        "contact_name": "Somebody Near",
        "contact_phone": "012 700 999",
    }.items():
        desk.fill(f"[name={name}]", value)
    desk.locator("label.segment", has_text=day.say("Female")).first.click()
    desk.select_option("[name=contact_relationship]", "sibling")
    day.press(desk.locator("main"), "Register")
    desk.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    return Patient.objects.get(pk=desk.url.rstrip("/").rsplit("/", 1)[1])


def enrol(day: Day, patient: Patient) -> Encounter:
    desk = day.person("receptionist")
    desk.goto(f"/patients/{patient.pk}/")
    day.follow(desk.locator("main"), "Enrol for a visit")
    desk.select_option("[name=department]", str(department().pk))
    doctor = User.objects.get(username="doctor")
    expect(desk.locator(f"[name=practitioner] option[value='{doctor.pk}']")).to_have_count(1)
    desk.select_option("[name=practitioner]", str(doctor.pk))
    day.press(desk.locator("main"), "Enrol and give a number")
    desk.wait_for_url(re.compile("/enrolled/$"))
    encounter = Encounter.objects.get(patient=patient)
    expect(desk.locator("[data-ticket]")).to_have_text(encounter.ticket.label)
    waiting = day.screen.locator(".display-waiting")
    expect(waiting.locator("h2")).to_have_text(day.say("Waiting", "ticket"))
    expect(waiting.locator("li", has_text=encounter.ticket.label)).to_be_visible()
    return encounter


def triage(day: Day, encounter: Encounter) -> None:
    nurse = day.person("nurse")
    nurse.goto(f"/clinic/encounters/{encounter.pk}/vitals/")
    for name, value in VITALS.items():
        nurse.fill(f"[name={name}]", value)
    nurse.locator("label.segment", has=nurse.locator("input[name=consciousness][value=A]")).click()
    day.press(nurse.locator("main"), "Save vital signs")
    nurse.wait_for_url(re.compile("/triage/$"))


def consult(day: Day, encounter: Encounter) -> Page:
    doctor = day.person("doctor")
    doctor.goto("/clinic/")
    row = doctor.locator("tr", has_text=encounter.ticket.label)
    day.press(row, "Call")
    expect(doctor.locator("tr", has_text=encounter.ticket.label)).to_contain_text(day.say("Call again"))
    see_the_call(day, encounter)
    day.press(doctor.locator("tr", has_text=encounter.ticket.label), "Start")
    doctor.wait_for_url(re.compile(r"/encounters/[0-9a-f-]{36}/$"))
    doctor.fill("[name=subjective]", "Fever since yesterday")
    doctor.fill("#diagnoses [name=code_text]", "J06.9")
    doctor.locator("#diagnoses [role=option]", has_text="J06.9").first.click()
    day.press(doctor.locator("#diagnoses"), "Add the diagnosis")
    expect(doctor.locator("#diagnoses .record-list")).to_contain_text("J06.9")
    doctor.fill("#lab-search", "HGB")
    doctor.locator("#laboratory").get_by_label(re.compile("HGB ")).check()
    day.press(doctor.locator("#laboratory"), "Order these tests")
    expect(doctor.locator("#laboratory table").first).to_be_visible()
    expect(doctor.locator("#bill a")).to_contain_text(day.count("%(number)s charge", "%(number)s charges", 2))
    doctor.fill("#rx-search", "paracetamol 500")
    doctor.locator("#rx-found a").first.click()
    expect(doctor.locator("#rx-item [name=dose]")).to_be_visible()
    day.press(doctor.locator("#rx-item"), "Put on the prescription")
    day.press(doctor.locator("#pharmacy"), "Sign and send to the pharmacy")
    expect(doctor.locator("#pharmacy")).to_contain_text("RX-")
    expect(doctor.locator("[name=subjective]")).to_have_value("Fever since yesterday")
    return doctor


def see_the_call(day: Day, encounter: Encounter) -> None:
    """Within three seconds the waiting room reads the number and the room in its language, and no name."""
    encounter.ticket.refresh_from_db()
    called = day.screen.locator(".display-called")
    expect(called.locator(".display-number", has_text=encounter.ticket.label)).to_be_visible(timeout=3_000)
    expect(called.locator("h2")).to_have_text(day.say("Please come in"))
    expect(called.locator(".display-room").first).to_have_text(encounter.ticket.room.name)
    expect(day.screen.locator(".display-waiting li", has_text=encounter.ticket.label)).to_have_count(0)
    assert encounter.patient.family_name not in day.screen.content()


def laboratory(day: Day, encounter: Encounter) -> None:
    order = Order.objects.get(encounter=encounter)
    nurse = day.person("nurse")
    nurse.goto(f"/laboratory/orders/{order.pk}/collect/")
    nurse.fill("[name=mrn]", order.patient.mrn)
    nurse.fill("[name=birth]", "1985-04-13")
    day.press(nurse.locator("main"), "Collected")
    specimen = Specimen.objects.get(order=order)
    expect(nurse.locator("main")).to_contain_text(specimen.accession)
    bench = day.person("labtech")
    bench.goto("/laboratory/receive/")
    expect(bench.locator("[name=accession]")).to_be_focused()
    bench.keyboard.type(specimen.accession)
    bench.keyboard.press("Enter")
    expect(bench.locator("main table")).to_contain_text(specimen.accession)
    bench.goto(f"/laboratory/specimens/{specimen.pk}/results/")
    bench.locator("form[data-grid] input[name^=value]").first.fill("12.8")
    day.press(bench.locator("main"), "Submit for verification")
    bench.wait_for_url(re.compile(rf"/laboratory/specimens/{specimen.pk}/$"))
    second = day.person("labtech2")
    second.goto(f"/laboratory/specimens/{specimen.pk}/verify/")
    day.press(second.locator("main"), "Verify the ticked results")
    second.wait_for_url(re.compile(rf"/laboratory/specimens/{specimen.pk}/$"))


def finish(day: Day, doctor: Page, encounter: Encounter) -> None:
    order = Order.objects.get(encounter=encounter)
    doctor.goto(f"/laboratory/orders/{order.pk}/")
    expect(doctor.locator("main")).to_contain_text("12.8")
    doctor.goto(f"/clinic/encounters/{encounter.pk}/")
    day.press(doctor.locator("#note"), "Sign the note")
    expect(doctor.locator("#note textarea[name=subjective]")).to_have_count(0)
    day.press(doctor.locator("main"), "Finish")
    doctor.wait_for_url(re.compile("/clinic/$"))


def reserve(day: Day, encounter: Encounter) -> None:
    prescription = Prescription.objects.get(encounter=encounter)
    pharmacist = day.person("pharmacist")
    pharmacist.goto(f"/pharmacy/prescriptions/{prescription.pk}/")
    day.press(pharmacist.locator("main"), "Reviewed, fit to dispense")
    day.press(pharmacist.locator("main"), "Reserve these medicines")
    expect(pharmacist.locator("#bag")).to_be_visible()


def pay(day: Day, encounter: Encounter) -> None:
    till = day.person("cashier2")
    till.goto("/billing/shifts/open/")
    till.select_option("[name=drawer]", str(Drawer.objects.get(code="DAY").pk))
    till.fill("[name=USD_1]", "20")
    till.fill("[name=KHR_1000]", "50")
    till.fill("[name=KHR_100]", "50")
    day.press(till.locator("main"), "Open shift")
    till.wait_for_url(re.compile(r"/billing/shifts/[0-9a-f-]{36}/$"))
    till.goto(f"/billing/visits/{encounter.visit_id}/")
    day.press(till.locator("main"), "Make invoice")
    day.press(till.locator("main"), "Issue invoice")
    till.wait_for_url(re.compile(r"/pay/$"))
    till.fill("[name=usd]", "5")
    till.fill("[name=khr]", "50000")
    expect(till.locator("#settlement")).to_contain_text("KHR")
    day.press(till.locator("main"), "Take payment")
    till.wait_for_url(re.compile(r"/billing/payments/[0-9a-f-]{36}/$"))
    assert Payment.objects.get(invoice__visit=encounter.visit_id).invoice.status == "paid"


def hand_over(day: Day, encounter: Encounter) -> None:
    prescription = Prescription.objects.get(encounter=encounter)
    pharmacist = day.person("pharmacist")
    pharmacist.goto(f"/pharmacy/prescriptions/{prescription.pk}/")
    day.press(pharmacist.locator("main"), "Hand over to the patient")
    expect(pharmacist.locator("#bag button")).to_have_count(0)
    prescription.refresh_from_db()
    assert prescription.status == "dispensed"
