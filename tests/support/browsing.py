"""Fixtures for journeys: one web server and one Chromium for the whole run, a fresh window per person and test."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from deploy.local.toolchain import find_browser
from tests.cast import PASSWORD, TOTP_SECRET
from tests.support.connecting import connect
from tests.support.databases import Databases
from tests.support.second_factor import code
from tests.support.web import Web, running_web

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 20_000  # milliseconds
SECOND_FACTOR_PATH = "/2fa/"
STEP_UP_PATH = "/reauthenticate/"


@pytest.fixture(scope="session")
def web(databases: Databases, django_db_setup: None) -> Iterator[Web]:
    """The running product; all journeys share it and its database."""
    with running_web(databases, "web") as running:
        yield running


@pytest.fixture
def web_db(web: Web, databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """Lets the test look into the web server's database, standing in Samaki's schema."""
    main = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        connect(databases, web.database)
        yield web.database
        connect(databases, main)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        expect.set_options(timeout=PATIENCE)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, str, str], Any]:
    """Cookies of those who signed in already: once per person, not once per test."""
    return {}


class Windows:
    """Opens windows for people and notices what their pages complain about."""

    def __init__(self, web: Web, browser: Browser, signed_in: dict[tuple[str, str, str], Any]) -> None:
        self.web, self.browser, self.signed_in = web, browser, signed_in
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(
        self,
        username: str | None = None,
        *,
        hospital: str = "samaki",
        surface: str = "portal",
        at: str = "/",
        language: str = "",
        **options: Any,
    ) -> Page:
        """A page at an address of the surface, signed in as the person; None stays outside."""
        key = (username or "", hospital, surface)
        context = self.browser.new_context(
            base_url=self.web.url("", hospital, surface),
            storage_state=self.signed_in.get(key),
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options},
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        if username and key not in self.signed_in:
            sign_in(page, username)
            self.signed_in[key] = context.storage_state()
        if language:
            here = self.web.url("", hospital, surface)
            context.add_cookies([{"name": "django_language", "value": language, "url": here}])
        page.goto(at)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        """An answer like 422 is reported by the browser as well; refusals of its security policy must not happen."""
        left_behind = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))  # the next page was quicker
        if message.type == "error" and not left_behind and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Through the form, as a person does; the second factor is given where the page asks for one."""
    page.goto("/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    if SECOND_FACTOR_PATH in page.url:
        page.fill("input[name=code]", code(TOTP_SECRET))
        page.press("input[name=code]", "Enter")
        page.wait_for_url(lambda url: SECOND_FACTOR_PATH not in url)


def prove(page: Page) -> None:
    """Where the page asks once more who is there, answer; the page that was wanted comes back."""
    if STEP_UP_PATH in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: STEP_UP_PATH not in url)


def open_proven(page: Page, address: str) -> None:
    """Open a page of acts that ask once more who is there, with a proof of this moment: a kept sign-in grows old."""
    page.goto(f"/account{STEP_UP_PATH}?{urlencode({'next': address})}")
    prove(page)


@pytest.fixture
def windows(
    web_db: str, web: Web, browser: Browser, signed_in: dict[tuple[str, str, str], Any], request: pytest.FixtureRequest
) -> Iterator[Windows]:
    opened = Windows(web, browser, signed_in)
    yield opened
    _picture_of_failure(opened, request, web)
    opened.close()
    assert not opened.complaints, "\n".join(opened.complaints)


def _picture_of_failure(opened: Windows, request: pytest.FixtureRequest, web: Web) -> None:
    report = getattr(request.node, "report_of_call", None)
    if report is None or not report.failed:
        return
    folder = web.children[0].log.parent / "failures"  # type: ignore[union-attr]
    folder.mkdir(exist_ok=True)
    for number, context in enumerate(opened.contexts):
        for page in context.pages:
            page.screenshot(path=folder / f"{request.node.name}-{number}.png", full_page=True)


@pytest.fixture
def page_for(windows: Windows) -> Callable[..., Page]:
    """``page_for("receptionist")`` is a browser page of that person; options as of ``Windows.open``."""
    return windows.open
