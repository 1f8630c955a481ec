import pytest
from django.test import RequestFactory
from django.utils import translation

from core import views

factory = RequestFactory()
PAGES = [
    (views.bad_request, 400),
    (views.permission_denied, 403),
    (views.page_not_found, 404),
    (views.csrf_failure, 403),
    (views.server_error, 500),
]


@pytest.mark.parametrize(("page", "status"), PAGES)
def test_error_pages_speak_without_internals_and_name_the_request(page, status):
    request = factory.get("/patients/")
    request.request_id = "abc12345"
    answer = page(request)
    assert answer.status_code == status
    assert b"abc12345" in answer.content
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize(("page", "status"), PAGES)
def test_error_pages_need_no_database(page, status):
    assert page(factory.get("/")).status_code == status


@pytest.mark.parametrize("language", ["km", "zh-hans"])
def test_error_pages_name_their_language(language):
    with translation.override(language):
        assert f'lang="{language}"'.encode() in views.page_not_found(factory.get("/")).content


def test_when_even_the_error_page_fails_there_is_a_reference(monkeypatch):
    def fail(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(views, "render_to_string", fail)
    request = factory.get("/")
    request.request_id = "abc12345"
    answer = views.server_error(request)
    assert answer.status_code == 500
    assert answer.content == b"Server error. Reference: abc12345"


@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_a_language_is_remembered_by_browser_and_person(samaki, client_for, doctor, language):
    client = client_for(doctor)
    answer = client.post("/set-language/", {"language": language, "next": "/patients/"})
    assert answer["Location"] == "/patients/"
    assert client.cookies["django_language"].value == language
    doctor.refresh_from_db()
    assert doctor.language == language


@pytest.mark.parametrize("surface", ["landing", "console", "portal", "queue"])
def test_strangers_may_choose_a_language_on_every_surface(samaki, client_for, surface):
    client = client_for(None, surface=surface)
    assert client.post("/set-language/", {"language": "km"}).status_code == 302
    assert client.cookies["django_language"].value == "km"


@pytest.mark.parametrize("language", ["", "fr", "km-KH", "../../etc/passwd"])
def test_other_languages_are_refused(samaki, client_for, language):
    client = client_for(None)
    assert client.post("/set-language/", {"language": language}).status_code == 400
    assert "django_language" not in client.cookies


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_never_leads_to_another_host(samaki, client_for, target):
    answer = client_for(None).post("/set-language/", {"language": "km", "next": target})
    assert answer["Location"] == "/"


def test_reading_the_switch_changes_nothing(samaki, client_for):
    assert client_for(None).get("/set-language/").status_code == 405
