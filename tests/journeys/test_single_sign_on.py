"""A nurse signs in with the account of the hospital's own identity provider: a real one, started here."""

from collections.abc import Iterator

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import expect

from tests.support.browsing import open_proven

NURSE = {
    "preferred_username": "ward.nurse",
    "name": "Ward Nurse",
    "email": "ward.nurse@id.example",
    "email_verified": True,
    "groups": ["nurses"],
}
STRANGER = {"preferred_username": "stranger", "name": "A Stranger", "groups": ["visitors"]}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    people = [User(sub="n-1", claims=NURSE), User(sub="s-1", claims=STRANGER)]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def set_up(page, provider):
    open_proven(page, "/staff/single-sign-on/")
    page.fill("input[name=name]", "House Account")
    page.fill("input[name=issuer]", provider)
    page.fill("input[name=client_id]", "portal")
    page.fill("input[name=client_secret]", "a-secret-of-the-provider")
    page.fill("input[name=role_claim]", "groups")
    page.fill("input[name=role_nurse]", "nurses")
    page.check("input[name=creates_accounts]")
    page.check("input[name=is_active]")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/staff/single-sign-on/")


def test_a_nurse_comes_by_single_sign_on_and_leaves_by_it(page_for, provider, web):
    admin = page_for("admin")
    set_up(admin, provider)
    admin.click("text=Test the provider")
    expect(admin.locator("main li")).to_have_count(5)
    expect(admin.locator("main")).to_contain_text("Its signing keys can be read – yes")

    nurse = page_for()
    nurse.goto("/login/?next=/staff/me/")
    nurse.click("text=Sign in with House Account")
    expect(nurse.locator("body")).to_contain_text("Authorize")
    nurse.get_by_role("button", name="n-1").click()
    nurse.wait_for_url("**/staff/me/")
    expect(nurse.locator("input[name=full_name]")).to_have_value("Ward Nurse")

    nurse.click("summary[aria-label='Your account']")
    nurse.click("text=Sign out")
    nurse.get_by_role("button", name="End session").click()  # the provider asks, then sends her back to the door
    expect(nurse.get_by_role("link", name="Sign in with House Account")).to_be_visible()
    nurse.goto(web.url("/staff/me/"))
    nurse.wait_for_url("**/login/**")

    stranger = page_for()
    stranger.goto("/login/")
    stranger.click("text=Sign in with House Account")
    stranger.get_by_role("button", name="s-1").click()
    expect(stranger.get_by_role("heading")).to_have_text("You were not signed in")
    expect(stranger.get_by_role("alert")).to_contain_text("no role that is known here")
    stranger.goto(web.url("/staff/me/"))
    stranger.wait_for_url("**/login/**")

    open_proven(admin, "/staff/single-sign-on/")
    admin.uncheck("input[name=is_active]")
    admin.click("main form button.btn-primary")
    admin.wait_for_url("**/staff/single-sign-on/")
