import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override

from core import htmx, menu
from core.assets import PackageFinder, build, packaged_files
from core.context_processors import shell, theme_of
from core.icons import NAMES
from core.menu import Entry
from core.paging import paginate
from core.security_headers import CONTENT_SECURITY_POLICY, SecurityHeadersMiddleware
from core.shell_views import gallery

factory = RequestFactory()
ROWS = list(range(60))


# --- Pages of a list ---


def test_a_page_knows_whether_another_follows_without_counting():
    first = paginate(factory.get("/"), ROWS)
    assert (list(first), first.has_next, first.previous_url) == (ROWS[:25], True, None)
    last = paginate(factory.get("/?page=3"), ROWS)
    assert (list(last), last.has_next, last.first_row, last.last_row) == (ROWS[50:], False, 51, 60)


def test_the_next_page_keeps_the_filters():
    page = paginate(factory.get("/?q=sok&status=open&page=2"), ROWS)
    assert page.next_url == "?q=sok&status=open&page=3"
    assert page.previous_url == "?q=sok&status=open&page=1"


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1.5", "٣", "9" * 30])
def test_an_impossible_page_number_is_no_error(number):
    assert paginate(factory.get("/", {"page": number}), ROWS).number in {1, 1000}


# --- HTMX ---


def htmx_request(**flags):
    request = factory.get("/")
    state = {"boosted": False, "history_restore_request": False, **flags}
    request.htmx = SimpleNamespace(__bool__=lambda: True, **state)
    return request


def test_a_boosted_or_restored_request_wants_the_whole_page():
    assert htmx.wants_fragment(htmx_request())
    assert not htmx.wants_fragment(htmx_request(boosted=True))
    assert not htmx.wants_fragment(htmx_request(history_restore_request=True))
    assert not htmx.wants_fragment(factory.get("/"))


def test_events_add_up():
    response = htmx.trigger(htmx.trigger(HttpResponse(), "notices"), "toast", text="Saved")
    assert response["HX-Trigger"] == '{"notices": {}, "toast": {"text": "Saved"}}'


def test_a_redirect_leaves_the_fragment():
    assert htmx.hx_redirect("/login/")["HX-Redirect"] == "/login/"


# --- Menu ---


@pytest.fixture
def entries(monkeypatch):
    monkeypatch.setattr(menu, "_entries", {})
    menu.register(Entry("billing", "Invoices", "landing", permission="invoice:view", order=5))
    menu.register(Entry("patients", "Patients", "set-language", permission="patient:view"))
    menu.register(Entry("patients", "Nowhere", "no-such-page"))


def staff(*codes):
    return SimpleNamespace(is_authenticated=True, may=lambda code: code in codes)


def test_everybody_sees_the_permitted_entries_in_the_order_of_the_day(entries):
    every = menu.entries_for(staff("invoice:view", "patient:view"))
    assert [entry.label for entry in every] == ["Nowhere", "Patients", "Invoices"]
    assert [entry.label for entry in menu.entries_for(staff())] == ["Nowhere"]


def test_an_entry_without_a_page_on_this_surface_is_left_out(entries, settings):
    settings.ROOT_URLCONF = "config.urls_portal"
    request = factory.get("/set-language/")
    request.user = staff("patient:view")
    sections = menu.sections_for(request)
    assert [[item.entry.label for item in section.items] for section in sections] == [["Patients"]]
    assert sections[0].items[0].active


# --- Theme, headers ---


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", "system"), ("<x>", "system")])
def test_the_server_knows_the_chosen_theme(cookie, theme):
    request = factory.get("/")
    request.COOKIES["theme"] = cookie
    assert theme_of(request) == theme


def test_the_frame_needs_nothing_but_a_request():
    assert list(shell(factory.get("/"))["menu"]) == []


def test_the_policy_forbids_inline_scripts_and_foreign_origins():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    response = SecurityHeadersMiddleware(lambda request: HttpResponse())(factory.get("/"))
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_theme_is_remembered_and_leads_nowhere_else(client):
    from core.shell_views import theme_set

    answer = theme_set(factory.post("/set-theme/", {"theme": "dark", "next": "https://evil.example/"}))
    assert answer["Location"] == "/"
    assert answer.cookies["theme"].value == "dark"


# --- Assets ---


def test_every_packaged_file_exists_and_is_found():
    finder = PackageFinder()
    for address, path in packaged_files().items():
        assert path.is_file(), address
    assert finder.find("vendor/tabler/tabler.min.css")
    assert finder.find("icons.svg")
    assert finder.find("vendor/../../secret") is None


def test_the_sprite_holds_every_icon_once():
    sprite = build("icons.svg").read_text(encoding="utf-8")
    assert sorted(re.findall(r'<symbol id="([^"]+)"', sprite)) == sorted(NAMES)


def test_every_static_address_in_templates_and_styles_exists():
    finder = PackageFinder()
    static_dir = settings.BASE_DIR / "static"
    wanted = set()
    for page in (settings.BASE_DIR / "templates").rglob("*.html"):
        wanted |= set(re.findall(r"""\{%\s*static ['"]([^'"{}]+)['"]""", page.read_text(encoding="utf-8")))
    missing = {name for name in wanted if not (static_dir / name).is_file() and not finder.find(name)}
    assert missing == set()


# --- Gallery ---


def gallery_page():
    request = factory.get("/gallery/")
    request.user = staff()
    return gallery(request)


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_the_gallery_shows_every_component_in_every_language(settings, language):
    settings.DEBUG = True
    with override(language):
        page = gallery_page().content.decode()
    assert f'lang="{language}"' in page
    for piece in ("patient-banner", "stepper", "timeline-list", "segmented", "data-combobox", "data-chart", "confirm"):
        assert piece in page
    assert "style=" not in page
    assert "<script>" not in page


def test_the_gallery_does_not_exist_in_production():
    with pytest.raises(Http404):
        gallery_page()
