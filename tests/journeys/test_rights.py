"""A patient's own rights in a real browser, with a real worker: consent at the desk, the archive, the erasure."""

import io
import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect
from pypdf import PdfReader

from core import clock
from patients.models import Patient
from tests.factories.patients import patient
from tests.support.browsing import open_proven
from tests.support.threads import eventually

WHY = "The patient came and asked for it"


def test_a_consent_is_read_aloud_and_noted_on_the_chart(page_for, web_db):
    person = patient()
    page = page_for("receptionist", at=f"/patients/{person.pk}/")
    page.get_by_role("link", name="Consents").click()
    page.locator("tr", has_text="News and campaigns").first.get_by_role("link", name="Record a decision").click()
    expect(page.locator("main")).to_contain_text("I can stop this at any time")
    page.locator("label.segment", has_text="Refused").click()
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url(re.compile(r"/consents/$"))
    expect(page.locator("tr", has_text="News and campaigns").first).to_contain_text("The patient has refused")


def test_the_archive_is_made_by_a_worker_and_opens_with_the_passphrase_that_was_shown(page_for, web_db):
    person = patient(family_name="Meas", given_name="Vicheka")
    page = page_for("admin")
    open_proven(page, f"/patients/{person.pk}/")
    page.get_by_role("link", name="Rights of the patient").click()
    page.get_by_role("link", name="Put together an archive").click()
    passphrase = page.locator("[name=passphrase]").input_value()
    page.fill("[name=reason]", WHY)
    page.get_by_label("The passphrase is written down").check()
    page.get_by_role("button", name="Put together").click()
    fetch = page.get_by_role("link", name="Fetch the archive (PDF)")
    expect(fetch).to_be_visible(timeout=60_000)
    expect(page.locator("main")).not_to_contain_text(passphrase)
    with page.expect_download() as download:
        fetch.click()
    content = download.value.path().read_bytes()
    assert b"Vicheka" not in content
    reader = PdfReader(io.BytesIO(content), password=passphrase)
    assert json.loads(reader.attachments["record.json"][0])["record_number"] == person.mrn
    assert "Vicheka" in reader.pages[0].extract_text()


def test_two_people_erase_a_record_and_a_worker_does_it(page_for, web_db):
    person = patient(family_name="Meas", given_name="Sovann")
    Patient.objects.filter(pk=person.pk).update(created_at=clock.now() - timedelta(days=366 * 15))
    admin, owner = page_for("admin"), page_for("owner")
    open_proven(admin, f"/patients/erasures/new/?number={person.mrn}")
    admin.fill("[name=reason]", WHY)
    admin.get_by_role("button", name="Ask", exact=True).click()
    admin.wait_for_url(re.compile(r"/erasures/[0-9a-f-]{36}/$"))
    expect(admin.locator("main")).to_contain_text("Somebody else than who asked decides.")
    open_proven(owner, urlsplit(admin.url).path)
    owner.locator("label.segment", has_text="Approve").click()
    owner.fill("[name=reason]", WHY)
    owner.get_by_role("button", name="Decide").click()
    eventually(lambda: Patient.objects.get(pk=person.pk).erased_at is not None)
    owner.reload()
    expect(owner.locator("main")).to_contain_text("Carried out")
    owner.goto(f"/patients/{person.pk}/")
    expect(owner.locator("h1")).to_contain_text("Erased person")
