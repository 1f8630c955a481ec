"""From the desk to the doctor's signature in a real browser, with the waiting room watching."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Branch, User
from clinical.models import Encounter, Note
from queueing.services.displays import create_display
from tests.factories.clinical import enrol, price_consultations
from tests.factories.queueing import department, make_patient

MEASURED = {
    "temperature": "39.2",
    "pulse": "104",
    "respiration": "22",
    "systolic": "118",
    "diastolic": "76",
    "spo2": "95",
}


@pytest.fixture
def desk(empty_rooms):
    """A hospital with prices and one more patient at the desk."""
    price_consultations()
    return make_patient(by=User.objects.get(username="receptionist"))


def person(username):
    return User.objects.get(username=username)


def test_a_patient_is_enrolled_measured_called_seen_and_signed_off(page_for, desk):
    page = page_for("receptionist", at=f"/patients/{desk.pk}/")
    page.get_by_role("link", name="Enrol for a visit").click()
    page.select_option("[name=department]", str(department().pk))
    expect(page.locator("[name=practitioner]")).to_contain_text("waiting")
    page.select_option("[name=practitioner]", str(person("doctor").pk))
    page.get_by_role("button", name="Enrol and give a number").click()
    page.wait_for_url(re.compile("/enrolled/$"))
    encounter = Encounter.objects.filter(patient=desk).get()
    expect(page.locator("[data-ticket]")).to_have_text(encounter.ticket.label)

    nurse = page_for("nurse", at="/clinic/triage/")
    nurse.locator("tr", has_text=encounter.ticket.label).get_by_role("link", name="Take vital signs").click()
    for name, value in {
        "temperature": "39.2",
        "pulse": "104",
        "respiration": "22",
        "systolic": "118",
        "diastolic": "76",
    }.items():
        nurse.fill(f"[name={name}]", value)
    nurse.fill("[name=spo2]", "95")
    nurse.locator("label.segment", has_text="Alert").click()
    nurse.get_by_role("button", name="Save vital signs").click()
    nurse.wait_for_url(re.compile("/triage/$"))
    expect(nurse.locator("main")).to_contain_text("NEWS2 6")

    doctor = page_for("doctor", at="/clinic/")
    row = doctor.locator("tr", has_text=encounter.ticket.label)
    expect(row).to_contain_text("NEWS2 6")
    row.get_by_role("button", name="Call", exact=True).click()
    doctor.locator("tr", has_text=encounter.ticket.label).get_by_role("button", name="Start").click()
    doctor.wait_for_url(re.compile(r"/encounters/[0-9a-f-]{36}/$"))
    doctor.fill("[name=subjective]", "Fever and headache for three days")
    expect(doctor.locator("[data-save-mark]")).to_contain_text("Draft saved")
    doctor.fill("#diagnoses [name=code_text]", "dengue")
    doctor.locator("#diagnoses [role=option]", has_text="A90").first.click()
    doctor.fill("[name=plan]", "Fluids, blood count")
    doctor.get_by_role("button", name="Add the diagnosis").click()
    expect(doctor.locator("#diagnoses .record-list")).to_contain_text("A90")
    expect(doctor.locator("[name=plan]")).to_have_value("Fluids, blood count")
    doctor.get_by_role("button", name="Sign the note").click()
    expect(doctor.locator("#note")).to_contain_text("Signed by")
    doctor.get_by_role("button", name="Finish", exact=True).click()
    doctor.wait_for_url(re.compile("/clinic/$"))
    encounter.refresh_from_db()
    assert encounter.status == "finished"
    assert Note.objects.get(encounter=encounter).plan == "Fluids, blood count"


def test_two_tabs_on_one_note_are_noticed(page_for, desk):
    encounter = _in_consultation("doctor2", desk)
    first, second = page_for("doctor2"), page_for("doctor2")
    for tab in (first, second):
        tab.goto(f"/clinic/encounters/{encounter.pk}/")
    first.fill("[name=subjective]", "typed in the first tab")
    expect(first.locator("[data-save-mark]")).to_contain_text("Draft saved")
    second.fill("[name=subjective]", "typed in the second tab")
    expect(second.locator("[data-note-problem]")).to_contain_text("typed in the first tab")
    expect(second.locator("[name=subjective]")).to_have_value("typed in the second tab")
    second.get_by_role("button", name="Keep my text").click()
    expect(second.locator("[name=subjective]")).to_have_value("typed in the second tab")
    note = Note.objects.get(encounter=encounter)
    assert note.subjective == "typed in the second tab"
    assert note.revisions.get().subjective == "typed in the first tab"


def test_the_waiting_room_sees_a_call_within_three_seconds_and_survives_a_lost_network(page_for, windows, desk):
    doctor = person("doctor2")
    done = enrol(by=person("receptionist"), patient=desk, practitioner=doctor)
    _, key = create_display(name="Journey", branch=Branch.objects.get(), voice_languages=["en"], by=person("admin"))
    screen = page_for(None, surface="queue", at=f"/display/{key}/")
    expect(screen.locator(".display-waiting")).to_contain_text(done.ticket.label)
    caller = page_for("doctor2", at="/clinic/")
    row = caller.locator("tr", has_text=done.ticket.label)
    row.get_by_role("button", name="Call", exact=True).click()
    expect(row.get_by_role("button", name="Call again")).to_be_visible()
    expect(screen.locator(".display-called")).to_contain_text(done.ticket.label, timeout=3_000)
    assert desk.family_name not in screen.content()
    screen.context.set_offline(True)
    screen.wait_for_timeout(2_500)
    expect(screen.locator(".display-called")).to_contain_text(done.ticket.label)
    screen.context.set_offline(False)
    windows.complaints.clear()  # the lost requests were meant
    caller.locator("tr", has_text=done.ticket.label).get_by_role("button", name="Call again").click()
    expect(screen.locator(f"[data-call='{done.ticket.pk}-2']")).to_be_visible(timeout=5_000)


def _in_consultation(username, patient):
    from clinical.services.encounters import start_encounter

    doctor = person(username)
    done = enrol(by=person("receptionist"), patient=patient, practitioner=doctor)
    return start_encounter(encounter=done.encounter, by=doctor)
