"""The registration desk in a real browser: search first, register, be warned of a duplicate, print the card."""

import re

from playwright.sync_api import expect

from patients.models import Patient
from tests.factories.patients import patient


def fill_person(page, **names):
    for name, value in names.items():
        page.fill(f"[name={name}]", value)


def test_a_new_patient_is_searched_for_and_registered(page_for, web_db):
    page = page_for("receptionist", at="/patients/")
    page.fill("#patient-q", "srun kunthea")
    page.get_by_role("link", name=re.compile("Register “srun kunthea”")).click()
    expect(page.locator("[name=family_name]")).to_have_value("Srun")
    page.locator("label.segment", has_text="Female").click()
    fill_person(page, birth_date="12/1990", phone="077 123 987", native_family_name="ស្រ៊ុន", native_given_name="គន្ធា")
    page.select_option("[name=province]", "12")
    page.wait_for_selector("[name=district] option[value='1201']", state="attached")
    page.select_option("[name=district]", "1201")
    page.wait_for_selector("[name=commune] option[value='120101']", state="attached")
    page.select_option("[name=commune]", "120101")
    fill_person(page, contact_name="Srun Vuthy", contact_phone="077 123 986")
    page.select_option("[name=contact_relationship]", "sibling")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    expect(page.locator("h1")).to_contain_text("Srun Kunthea")
    expect(page.locator("main")).to_contain_text("Phnom Penh")
    person = Patient.objects.order_by("-id").first()
    page.goto("/patients/")
    page.fill("#patient-q", "គន្ធា")
    expect(page.locator("main")).to_contain_text("1 patient found")
    expect(page.locator("#rows [data-result]").first).to_contain_text(person.mrn)
    page.press("#patient-q", "ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(str(person.pk)))


def test_results_are_there_again_after_going_back_and_no_address_tells_the_name(page_for, web_db):
    person = patient(family_name="Tith", given_name="Sorphea")
    page = page_for("receptionist")
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.goto("/patients/")
    page.locator("#patient-q").press_sequentially("tith sorphea")
    page.wait_for_url(re.compile(r"/patients/\?find="))
    page.locator("#rows [data-result]", has_text=person.mrn).click()
    page.wait_for_url(re.compile(str(person.pk)))
    page.go_back()
    expect(page.locator("#patient-q")).to_have_value("tith sorphea")
    expect(page.locator("#rows")).to_contain_text(person.mrn)
    assert len(addresses) > 5
    assert [address for address in addresses if "sorphea" in address.lower()] == []


def test_the_search_works_without_javascript(page_for, web_db):
    person = patient(family_name="Tith", given_name="Bophany")
    page = page_for("receptionist", java_script_enabled=False, at="/patients/")
    page.fill("#patient-q", "bophany")
    page.press("#patient-q", "Enter")
    expect(page.locator("#rows")).to_contain_text(person.mrn)
    assert "bophany" not in page.url
    page.reload()  # an address like any other: nothing is sent again
    expect(page.locator("#rows")).to_contain_text(person.mrn)


def test_a_likely_duplicate_is_noticed_while_typing(page_for, web_db):
    known = patient(family_name="Chhean", given_name="Makara", phone="+85516444333")
    page = page_for("receptionist", at="/patients/new/")
    fill_person(page, family_name="Chean", given_name="Makara", phone="016 444 333")
    page.press("[name=phone]", "Tab")
    warning = page.locator("#duplicates")
    expect(warning).to_contain_text(known.mrn)
    page.locator("label.segment", has_text="Male").last.click()
    fill_person(page, birth_date="1950", contact_name="Chhean Rith", contact_phone="016 444 332")
    page.select_option("[name=contact_relationship]", "child")
    page.get_by_role("button", name="Register").click()
    expect(page.locator(".alert-danger")).to_contain_text("very similar")
    page.locator("#duplicates").get_by_role("checkbox").check()
    page.fill("#different_reason", "His grandfather")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    expect(page.locator("h1")).to_contain_text("Chean Makara")


def test_a_card_reader_opens_the_chart(page_for, web_db):
    known = patient(family_name="Scanned", given_name="Person")
    page = page_for("receptionist", at="/patients/")
    page.locator("#patient-q").press_sequentially(known.mrn)
    page.press("#patient-q", "Enter")
    page.wait_for_url(re.compile(str(known.pk)))
