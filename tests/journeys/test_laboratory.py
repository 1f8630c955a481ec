"""A test's way in a real browser: ordered beside the note, collected, scanned, typed by keyboard, verified, read."""

import re

import pytest
from playwright.sync_api import expect

from laboratory.models import CriticalAlert, Order, Result, Specimen
from tests.factories import laboratory as lab


@pytest.fixture
def consultation(web_db):
    encounter = lab.encounter()
    yield encounter
    type(encounter).objects.filter(pk=encounter.pk).update(status="left")


def kind_of(page, address):
    """What the browser gets at an address that it would show in its PDF viewer."""
    return page.evaluate("address => fetch(address).then(answer => answer.headers.get('content-type'))", address)


def test_from_the_doctors_order_to_the_acknowledged_critical_result(page_for, consultation):
    doctor = page_for("doctor", at=f"/clinic/encounters/{consultation.pk}/")
    note = doctor.locator("[name=subjective]")
    note.fill("Weak since Monday")
    doctor.fill("#lab-search", "potas")
    doctor.get_by_label(re.compile("K Potassium")).check()
    doctor.fill("#lab-search", "sodium")
    doctor.get_by_label(re.compile("NA Sodium")).check()
    expect(doctor.get_by_label(re.compile("K Potassium"))).to_be_checked()
    doctor.locator("#laboratory").get_by_role("radio", name="Urgent").check()
    doctor.locator("#laboratory").get_by_role("button", name="Order these tests").click()
    expect(doctor.locator("#laboratory table")).to_contain_text("NA")
    expect(note).to_have_value("Weak since Monday")
    order = Order.objects.get(encounter=consultation)

    nurse = page_for("nurse", at="/laboratory/")
    nurse.locator("tr", has_text=order.number).get_by_role("link", name="Collect").click()
    identity = lab.identity_of(order.patient)
    expect(nurse.locator("[name=mrn]")).to_be_focused()
    nurse.keyboard.type(identity.mrn)
    nurse.fill("[name=birth]", "1999-01-01")
    nurse.get_by_role("button", name="Collected").click()
    expect(nurse.locator("main")).to_contain_text("This does not match the patient")
    nurse.fill("[name=birth]", identity.birth)
    nurse.get_by_role("button", name="Collected").click()
    specimen = Specimen.objects.get(order=order)
    expect(nurse.locator("main")).to_contain_text(specimen.accession)
    assert kind_of(nurse, f"/laboratory/orders/{order.pk}/labels.pdf") == "application/pdf"

    bench = page_for("labtech", at="/laboratory/receive/")
    expect(bench.locator("[name=accession]")).to_be_focused()
    bench.keyboard.type(specimen.accession)
    bench.keyboard.press("Enter")
    expect(bench.locator("main table")).to_contain_text(specimen.accession)
    expect(bench.locator("[name=accession]")).to_be_focused()

    bench.goto(f"/laboratory/specimens/{specimen.pk}/results/")
    expect(bench.locator("form[data-grid] input[name^=value]").first).to_be_focused()
    bench.keyboard.type("140")
    bench.keyboard.press("Enter")
    bench.keyboard.type("7,1")
    bench.keyboard.press("Enter")
    expect(bench.locator("main")).to_contain_text("Use a point for decimals")
    expect(bench.locator("[data-grid-end]")).to_be_focused()
    bench.get_by_label(re.compile("^ ?Potassium")).fill("7.1")
    bench.keyboard.press("Enter")
    expect(bench.locator("main")).to_contain_text("Critically high")
    bench.keyboard.press("Enter")
    bench.wait_for_url(re.compile(rf"/laboratory/specimens/{specimen.pk}/$"))
    bench.goto(f"/laboratory/specimens/{specimen.pk}/verify/")
    expect(bench.locator("main")).to_contain_text("a second person verifies")

    second = page_for("labtech2", at="/laboratory/?tab=verify")
    second.locator("tr", has_text=specimen.accession).get_by_role("link", name="Verify").click()
    second.get_by_role("button", name="Verify the ticked results").click()
    second.wait_for_url(re.compile(rf"/laboratory/specimens/{specimen.pk}/$"))
    assert set(Result.objects.filter(specimen=specimen).values_list("state", flat=True)) == {"released"}

    doctor.goto("/")
    doctor.locator("#bell summary").click()
    notice = doctor.locator("#bell .notice", has_text=order.number)
    expect(notice).to_contain_text("Critical result")
    notice.get_by_role("button", name="Open").click()
    doctor.wait_for_url(re.compile(rf"/laboratory/orders/{order.pk}/$"))
    expect(doctor.locator("[role=alert]")).to_contain_text("7.1")
    doctor.get_by_role("button", name="I have seen these results").click()
    expect(doctor.locator("main")).to_contain_text("Seen by")
    assert CriticalAlert.objects.get(result__specimen=specimen).acknowledged_by.username == "doctor"
    assert kind_of(doctor, f"/laboratory/orders/{order.pk}/report.pdf?language=km") == "application/pdf"


def test_results_are_typed_and_verified_without_javascript(page_for, web_db):
    specimen = lab.received("K", "NA")
    bench = page_for("labtech", java_script_enabled=False, at=f"/laboratory/specimens/{specimen.pk}/results/")
    bench.get_by_label(re.compile("^ ?Potassium")).fill("abc")
    bench.get_by_label(re.compile("^ ?Sodium")).fill("141")
    bench.get_by_role("button", name="Submit for verification").click()
    expect(bench.locator("main")).to_contain_text("Type a number")
    expect(bench.get_by_label(re.compile("^ ?Sodium"))).to_have_value("141")
    bench.get_by_label(re.compile("^ ?Potassium")).fill("4.4")
    bench.get_by_role("button", name="Submit for verification").click()
    second = page_for("labtech2", java_script_enabled=False, at=f"/laboratory/specimens/{specimen.pk}/verify/")
    second.get_by_role("button", name="Verify the ticked results").click()
    expect(second.locator("main")).to_contain_text("Released")


def test_an_order_is_placed_without_javascript(page_for, consultation):
    doctor = page_for("doctor2", java_script_enabled=False, at=f"/laboratory/encounters/{consultation.pk}/orders/new/")
    doctor.get_by_label(re.compile("LIPID")).check()
    doctor.get_by_role("button", name="Order these tests").click()
    expect(doctor.locator("main")).to_contain_text("LDL")
    assert Order.objects.filter(encounter=consultation).count() == 1
