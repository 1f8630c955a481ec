"""A passkey as second factor, with the browser's own virtual authenticator."""

import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from accounts.services.roles import assign_role
from tests.support.browsing import sign_in

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def midwife(web_db, samaki):
    """Somebody whose role needs a second factor and who has none yet."""
    role = Role.objects.create(code="midwife", name="Midwife", requires_second_factor=True)
    person = User.objects.create_user("midwife", "midwife@samaki.example", "demo-hospital-2026", full_name="Mid Wife")
    assign_role(user=person, role=role.code, by=None)
    yield person
    person.delete()
    role.delete()


def with_authenticator(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]


def begin(page):
    page.goto("/login/")
    page.fill("input[name=login]", "midwife")
    page.fill("input[name=password]", "demo-hospital-2026")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/account/2fa/**")


def test_a_passkey_is_set_up_at_the_first_sign_in_and_opens_the_second(page_for, midwife):
    page = page_for()
    session, authenticator = with_authenticator(page)
    begin(page)
    page.goto("/patients/")
    page.wait_for_url("**/account/2fa/")  # nothing else opens before
    page.click("text=Add a passkey")
    page.click("button:has-text('Add')")
    page.wait_for_url("**/recovery-codes/")
    page.goto("/staff/me/")
    expect(page.locator("input[name=full_name]")).to_have_value("Mid Wife")
    page.click("summary[aria-label='Your account']")
    page.click("text=Sign out")
    page.wait_for_url("**/login/**")

    begin(page)
    page.wait_for_url("**/account/2fa/authenticate/")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.click("text=Use the passkey")
    page.wait_for_url(lambda url: "/2fa/" not in url)
    page.goto("/account/2fa/webauthn/")
    expect(page.locator("main li")).to_have_count(1)

    stranger = page_for()
    with_authenticator(stranger)  # another device without the key
    begin(stranger)
    stranger.click("text=Use the passkey")
    expect(stranger.get_by_role("alert").filter(visible=True)).to_contain_text("The key did not answer")
    stranger.goto("/staff/me/")
    stranger.wait_for_url("**/account/2fa/authenticate/**")  # back to where the key is asked for


def test_owners_still_sign_in_with_their_app(page_for):
    page = page_for()
    sign_in(page, "owner")
    expect(page.locator("summary[aria-label='Your account']")).to_be_visible()
