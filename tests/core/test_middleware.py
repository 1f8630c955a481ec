import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails
from kombu.exceptions import OperationalError
from prometheus_client import REGISTRY

from core import health
from core.errors import NotPossible
from core.logs import current_request
from core.middleware import DomainErrorMiddleware, HtmxLoginMiddleware, RequestIdMiddleware

factory = RequestFactory()
HOSTS = ["localhost", "console.localhost", "portal.samaki.localhost", "queue.royal.localhost", "nobody.example", "a_b"]


@pytest.fixture(autouse=True)
def _examine_again():
    health.forget()
    yield
    health.forget()


def ask(path, host="localhost", **headers):
    try:
        return Client(HTTP_HOST=host).get(path, headers=headers)
    finally:
        connection.set_schema_to_public()


# --- Request ids


def named(given=None):
    seen = []

    def view(request):
        seen.append((request.request_id, current_request.get()))
        return HttpResponse()

    headers = {} if given is None else {"X-Request-ID": given}
    request = factory.get("/", headers=headers)
    response = RequestIdMiddleware(view)(request)
    assert seen == [(response["X-Request-ID"], request)]
    return response["X-Request-ID"]


def test_every_request_has_an_id_of_its_own():
    ids = {named() for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_the_proxys_id_is_kept():
    assert named("abc-123_DEF") == "abc-123_DEF"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space", "<script>alert(1)</script>", "a\tb\tc\td\te", "សុខសុខសុខសុខ"]
)
def test_an_id_that_could_harm_a_log_is_replaced(given):
    request = factory.get("/")
    request.META["HTTP_X_REQUEST_ID"] = given
    response = RequestIdMiddleware(lambda request: HttpResponse())(request)
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_nothing_is_remembered_after_the_request():
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestIdMiddleware(view)(factory.get("/"))
    assert current_request.get() is None


# --- Health


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health_is_answered_on_every_host(samaki, host, path):
    answer = ask(path, host)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["status"] == "ok"


def test_readiness_names_what_it_examined_and_nothing_else(samaki):
    assert ask("/health/ready").json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "broker": "ok", "keys": "ok"},
    }


@pytest.mark.parametrize("broken", ["database", "migrations", "cache", "broker"])
def test_what_does_not_answer_makes_it_unready_but_not_dead(samaki, monkeypatch, broken):
    def fail():
        raise ConnectionError("redis://:secret@10.0.0.1")

    monkeypatch.setitem(health.CHECKS, broken, fail)
    answer = ask("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"][broken] == "unavailable"
    assert b"secret" not in answer.content
    assert ask("/health/live").status_code == 200


def test_many_questions_examine_once(samaki, monkeypatch):
    count = []
    monkeypatch.setitem(health.CHECKS, "database", lambda: count.append(1))
    for _ in range(5):
        ask("/health/ready")
    assert len(count) == 1


def test_a_real_broker_is_asked(samaki, settings):
    from celery import current_app

    eager = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = False
    try:
        health._broker()
        with pytest.raises(OperationalError):
            current_app.connection_for_write("redis://127.0.0.1:1/0").ensure_connection(max_retries=1, timeout=1)
    finally:
        current_app.conf.task_always_eager = eager


def test_unapplied_migrations_are_noticed(samaki, monkeypatch):
    monkeypatch.setattr(health._Migrations, "applied", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one to go"])
    with pytest.raises(health.NotReady):
        health._migrations()


# --- Metrics


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_metrics_do_not_exist_for_strangers(samaki, headers):
    answer = ask("/metrics", **headers)
    assert answer.status_code == 404
    assert b"hospital_" not in answer.content


def test_metrics_do_not_exist_without_a_token_in_the_settings(samaki, settings):
    settings.METRICS_TOKEN = ""
    assert ask("/metrics", Authorization="Bearer ").status_code == 404


@pytest.mark.parametrize("host", HOSTS)
def test_metrics_are_read_with_the_token(samaki, host):
    answer = ask("/metrics", host, Authorization=f"Bearer {settings.METRICS_TOKEN}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert b"hospital_requests_total" in answer.content
    assert b"django_db_execute_total" in answer.content


def test_requests_are_counted_by_view_and_not_by_address(samaki):
    def counted():
        labels = {"surface": "-", "view": "-", "method": "GET", "status": "200"}
        return REGISTRY.get_sample_value("hospital_requests_total", labels) or 0

    before = counted()
    RequestIdMiddleware(lambda request: HttpResponse())(factory.get("/patients/018f/?q=Sok"))
    assert counted() == before + 1


# --- Sign-in lost during HTMX


def htmx_answer(response, **headers):
    request = factory.get("/queue/rows/", headers={"HX-Request": "true", **headers})
    return HtmxLoginMiddleware(lambda request: response)(request)


def test_a_lost_session_sends_the_whole_page_to_the_sign_in():
    answer = htmx_answer(
        HttpResponseRedirect("/login/?next=/queue/rows/"),
        **{"HX-Current-URL": "http://portal.samaki.localhost/patients/?q=Sok+Dara"},
    )
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login/?next=%2Fpatients%2F"


def test_other_redirects_and_plain_browsers_are_left_alone():
    assert htmx_answer(HttpResponseRedirect("/patients/")).status_code == 302
    request = factory.get("/queue/")
    answer = HtmxLoginMiddleware(lambda request: HttpResponseRedirect("/login/?next=/queue/"))(request)
    assert answer["Location"] == "/login/?next=/queue/"


# --- Refusals that no view caught


def refuse(error, **headers):
    request = factory.post("/billing/", headers=headers)
    request.request_id, request.htmx = "abc12345", HtmxDetails(request)
    return DomainErrorMiddleware(lambda request: HttpResponse()).process_exception(request, error)


def test_a_refusal_becomes_a_page_with_its_words():
    answer = refuse(NotPossible("The shift is closed."))
    assert answer.status_code == 409
    assert b"<html" in answer.content
    assert b"The shift is closed." in answer.content
    assert b"abc12345" in answer.content


def test_a_refusal_under_htmx_is_a_fragment_and_a_message():
    answer = refuse(NotPossible("ឥឡូវមិនអាចទេ"), **{"HX-Request": "true"})
    assert answer.status_code == 409
    assert b"<html" not in answer.content
    assert unquote(answer["X-Message"]) == "ឥឡូវមិនអាចទេ"


def test_a_message_cannot_carry_markup():
    assert b"<b>" not in refuse(NotPossible("<b>bold</b>")).content


def test_other_errors_are_not_swallowed():
    assert refuse(ZeroDivisionError()) is None


# --- Everything together


def test_every_answer_carries_id_and_policy(samaki, client_for):
    answer = client_for(None).get("/set-language/")
    assert answer["X-Request-ID"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
