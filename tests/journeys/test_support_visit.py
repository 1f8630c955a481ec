"""Support looks through a colleague's eyes: let in by the hospital, for a reason, touching nothing, and on record."""

import re

from playwright.sync_api import expect

from accounts.models import SupportVisit, User
from accounts.services.visits import allow_visits
from core.clock import today
from tests.factories.patients import patient as register
from tests.support.browsing import open_proven, prove

REASON = "She says her queue is empty, ticket 4711"


def test_a_visit_from_the_switch_to_the_end(page_for, web, web_db, samaki):
    some = register(family_name="Veasna")
    doctor = User.objects.get(username="doctor")

    support = page_for("support", surface="console")
    support.click("main table >> text=Samaki")
    support.click("text=See what somebody sees")
    prove(support)
    expect(support.locator("main")).to_contain_text("does not allow visits of support")

    owner = page_for("owner")
    open_proven(owner, "/staff/support/")
    owner.fill("input[name=until]", today().isoformat())
    owner.click("main button:has-text('Save')")
    expect(owner.locator("main form .state")).to_have_text("Active")

    support.reload()
    support.select_option("select[name=person]", str(doctor.pk))
    support.fill("input[name=reason]", REASON)
    support.click("text=Prepare the visit")
    support.click("text=Go to")
    support.wait_for_url("**/login/visit/**")
    hand_over = support.url
    expect(support.locator("main")).to_contain_text("You can look, and change nothing")
    support.click("text=Begin the visit")

    banner = support.locator(".alert", has=support.get_by_role("button", name="End the visit"))
    expect(banner).to_contain_text(f"support of support sees what {doctor.full_name} sees")
    portal = web.url("", "samaki", "portal")
    support.goto(f"{portal}/patients/{some.pk}/")
    expect(support.get_by_role("heading", level=1)).to_contain_text("Veasna")
    expect(banner).to_be_visible()

    # Signs, pays, prints, takes out: nothing of it, by form, by script or by address.
    support.goto(f"{portal}/patients/{some.pk}/edit/")
    support.locator("main form button.btn-primary").first.click()
    expect(support.get_by_role("alert")).to_contain_text("may not sign, pay, change, print or export")
    for path in (f"/patients/{some.pk}/card/", f"/pharmacy/patients/{some.pk}/medicines.pdf", "/account/sessions/"):
        assert support.evaluate("path => fetch(path).then(answer => answer.status)", path) == 403, path
    support.goto(f"{portal}/")
    support.get_by_role("button", name="End the visit").click()
    support.wait_for_url("**/login/**")
    support.goto(f"{portal}/patients/{some.pk}/")
    support.wait_for_url("**/login/**")
    support.goto(hand_over)
    support.click("text=Begin the visit")
    expect(support.locator("body")).to_contain_text("was used already")

    owner.goto("/oversight/trail/?kind=impersonation")
    row = owner.locator("main tbody tr", has_text=some.mrn).first
    expect(row).to_contain_text("support (support) as doctor")
    expect(row).to_contain_text(REASON)
    open_proven(owner, "/staff/support/")
    expect(owner.locator("main tbody tr").first).to_contain_text(
        re.compile(f"support.*{doctor.full_name}.*4711", re.DOTALL)
    )

    console = page_for("superadmin", surface="console", at="/trail/?kind=impersonation")
    expect(console.locator("main tbody tr").first).to_contain_text("Support Desk")

    assert SupportVisit.objects.get(reason=REASON, entered_at__isnull=False).ended_at is not None
    allow_visits(until=None, by=doctor)
