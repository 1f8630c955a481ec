"""A code by email as second factor, from the hospital's switch to the mail in the box."""

import re
import time

import pytest
from playwright.sync_api import expect

from accounts.models import EmailCode, Role, User
from accounts.services.email_codes import PAUSE
from accounts.services.roles import assign_role
from core.preferences import set_preference
from tests.support.browsing import open_proven


@pytest.fixture
def midwife(web_db, samaki):
    """Her role needs a second factor, and she has none yet."""
    role = Role.objects.create(code="midwife", name="Midwife", requires_second_factor=True)
    person = User.objects.create_user("midwife", "midwife@samaki.example", "demo-hospital-2026", full_name="Mid Wife")
    assign_role(user=person, role=role.code, by=None)
    yield person
    set_preference("accounts.email_codes", False, by=person)
    EmailCode.objects.all().delete()
    person.delete()
    role.delete()


def code_in_the_box(web, seen):
    """The digits of the newest mail that was not read yet."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for mail in sorted(web.mailbox.iterdir(), key=lambda file: file.stat().st_mtime):
            found = re.findall(r"^(\d{6})$", mail.read_text(encoding="utf-8"), re.MULTILINE)
            if found and mail.name not in seen:
                seen.add(mail.name)
                return found[-1]
        time.sleep(0.2)
    raise AssertionError("no mail with a code came")


def begin(page):
    page.goto("/login/")
    page.fill("input[name=login]", "midwife")
    page.fill("input[name=password]", "demo-hospital-2026")
    page.press("input[name=password]", "Enter")


def test_a_code_comes_by_mail_where_the_hospital_takes_it(page_for, midwife, web):
    owner, seen = page_for("owner"), set()
    open_proven(owner, "/staff/sign-in/")
    owner.check("input[name=email_codes]")
    owner.click("main button:has-text('Save')")
    expect(owner.locator("input[name=email_codes]")).to_be_checked()

    page = page_for()
    begin(page)
    page.wait_for_url("**/account/2fa/")
    page.click("section:has-text('Codes by email') >> text=Set up")
    page.click("text=Send the code")
    page.fill("input[name=code]", "000 000")
    page.press("input[name=code]", "Enter")
    expect(page.get_by_text("wrong or no longer valid")).to_be_visible()
    page.fill("input[name=code]", code_in_the_box(web, seen))
    page.press("input[name=code]", "Enter")
    page.wait_for_url("**/account/2fa/")
    page.goto("/staff/me/")
    expect(page.locator("input[name=full_name]")).to_have_value("Mid Wife")
    page.click("summary[aria-label='Your account']")
    page.click("text=Sign out")
    page.wait_for_url("**/login/**")
    EmailCode.objects.update(created_at=EmailCode.objects.get().created_at - PAUSE)

    begin(page)
    page.wait_for_url("**/login/email-code/")
    expect(page.get_by_text("m•••@samaki.example")).to_be_visible()
    page.goto("/patients/")
    page.wait_for_url("**/login/**")
    page.goto("/login/email-code/")
    page.fill("input[name=code]", code_in_the_box(web, seen))
    page.press("input[name=code]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto("/staff/me/")
    expect(page.locator("input[name=full_name]")).to_have_value("Mid Wife")
