"""The frame of every page in a real browser: keyboard, theme, language, menus, and life without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.patients import patient

PEOPLE = ("receptionist", "doctor", "cashier", "pharmacist", "labtech")


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_patient_is_looked_for_from_the_keyboard(page_for, key):
    page = page_for("receptionist")
    page.locator("body").press(key)
    search = page.locator("[data-search]")
    expect(search).to_be_focused()
    search.fill("sok")
    search.press("Enter")
    page.wait_for_url(re.compile(r"/patients/\?find=[^&]+$"))  # sealed: no name stands in an address
    expect(page.locator("#patient-q")).to_have_value("sok")
    page.reload()
    expect(page.locator("#patient-q")).to_have_value("sok")


def test_the_help_tells_the_shortcuts_and_closes_by_escape(page_for):
    page = page_for("receptionist")
    page.locator("body").press("?")
    expect(page.locator("#shortcut-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcut-help")).not_to_be_visible()


def test_the_theme_is_remembered_and_comes_without_a_flash(page_for):
    page = page_for("doctor")
    page.locator("summary[aria-label=Colours]").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert 'data-bs-theme="dark"' in page.reload().text()  # the server itself sends the dark page
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_system_theme_follows_the_device(page_for):
    page = page_for("doctor", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


@pytest.mark.parametrize(("name", "code"), [("ភាសាខ្មែរ", "km"), ("简体中文", "zh-hans")])
def test_the_language_is_chosen_in_its_own_name(page_for, name, code):
    page = page_for("nurse")
    page.locator("summary[aria-label=Language]").click()
    page.get_by_role("button", name=name).click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    page.locator("form[action='/set-language/']").locator("xpath=..").locator("summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_only_one_menu_is_open_and_escape_closes_it(page_for):
    page = page_for("nurse")
    menus = page.locator("details[data-menu][open]")
    page.locator("summary[aria-label=Language]").click()
    page.locator("summary[aria-label=Colours]").click()
    expect(menus).to_have_count(1)
    page.keyboard.press("Escape")
    expect(menus).to_have_count(0)


def test_on_a_phone_the_departments_open_from_a_button_and_nothing_overflows(page_for):
    page = page_for("receptionist", viewport={"width": 390, "height": 844})
    expect(page.locator(".sidebar")).not_to_be_visible()
    page.locator("summary[aria-label='Open the menu']").click()
    expect(page.get_by_role("link", name="Find a patient").last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_theme_and_language_still_change(page_for):
    page = page_for("accountant", java_script_enabled=False)
    page.locator("summary[aria-label=Colours]").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator("summary[aria-label=Language]").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.locator("form[action='/set-language/']").locator("xpath=..").locator("summary").click()
    page.get_by_role("button", name="English").click()


@pytest.fixture(scope="module")
def opened() -> set[str]:
    return set()


@pytest.mark.parametrize("person", PEOPLE)
def test_every_entry_of_the_menu_opens_a_page_without_complaints(page_for, opened, person):
    page = page_for(person)
    addresses = page.locator(".sidebar .nav-item").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert addresses
    for address in addresses:
        if address in opened:
            continue  # somebody of another role has seen this page
        opened.add(address)
        answer = page.goto(address)
        assert answer.status == 200, address
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address


def test_a_lost_connection_is_told_and_keeps_what_was_typed(page_for):
    page = page_for("receptionist", at="/patients/new/")
    page.fill("[name=family_name]", "Typed")
    page.context.set_offline(True)
    expect(page.locator(".toast-warning")).to_contain_text("The connection is lost")
    expect(page.locator("[name=family_name]")).to_have_value("Typed")
    page.context.set_offline(False)
    expect(page.locator(".toast-success")).to_contain_text("The connection is back")


def test_icons_and_fonts_come_from_us(page_for):
    page = page_for("receptionist")
    hosts = page.evaluate("[...new Set(performance.getEntriesByType('resource').map(one => new URL(one.name).host))]")
    assert hosts == [page.evaluate("location.host")]
    assert page.evaluate("document.fonts.check('14px \"Inter UI\"')")


def test_a_grave_act_asks_first_and_escape_leaves_everything(page_for):
    page = page_for("admin", at="/staff/")
    page.locator("details.confirm summary").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("button", name="Go back")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("details.confirm[open]")).to_have_count(0)


def test_a_grave_act_asks_first_without_javascript_too(page_for):
    page = page_for("admin", java_script_enabled=False, at="/staff/")
    question = page.locator("details.confirm").first
    expect(question.locator("form")).not_to_be_visible()
    question.locator("summary").click()
    expect(question.locator("form button:not([type=button])")).to_be_visible()


def test_a_row_is_chosen_by_typing_arrows_and_enter(page_for, web_db):
    known = patient(family_name="Combo", given_name="Boxsen")
    page = page_for("receptionist", at="/patients/new/")
    box = page.locator("[data-combobox]").first
    box.get_by_role("combobox").press_sequentially("combo box")
    expect(box.get_by_role("option").first).to_contain_text("Boxsen")
    page.keyboard.press("Enter")
    assert box.locator("[data-combobox-value]").input_value()
    expect(box.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
    box.get_by_role("combobox").press("Backspace")
    assert box.locator("[data-combobox-value]").input_value() == ""  # changed words are no longer the chosen row
    assert known.mrn
