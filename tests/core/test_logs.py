import json
import logging
import sys

from django.http import HttpResponse
from django.test import RequestFactory

from core.db import writing
from core.logs import JsonFormatter, RequestContextFilter, current_request, places
from core.middleware import RequestIdMiddleware

factory = RequestFactory()


def line_of(record):
    RequestContextFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


def record(message="said", **extra):
    made = logging.LogRecord("tests", logging.INFO, __file__, 1, message, (), None)
    made.__dict__.update(extra)
    return made


def test_a_line_says_who_where_and_which_request(samaki, doctor):
    request = factory.get("/patients/018f0000-0000-7000-8000-000000000000/?q=Sok+Dara")
    request.request_id, request.hospital, request._cached_user = "abc12345", samaki, doctor
    token = current_request.set(request)
    try:
        line = line_of(record())
    finally:
        current_request.reset(token)
    assert line["request_id"] == "abc12345"
    assert line["hospital"] == "samaki"
    assert line["user_id"] == str(doctor.pk)
    assert line["path"] == "/patients/018f0000-0000-7000-8000-000000000000/"
    assert "Sok" not in json.dumps(line)


def test_a_line_of_a_job_names_the_hospital_and_the_request_it_follows(samaki):
    with writing.context(request_id="abc12345"):
        line = line_of(record())
    assert (line["hospital"], line["request_id"]) == ("samaki", "abc12345")


def test_a_line_asks_neither_session_nor_database(samaki, query_count):
    request = factory.get("/")
    token = current_request.set(request)
    try:
        with query_count() as queries:
            line_of(record())
    finally:
        current_request.reset(token)
    assert queries.count == 0


def test_only_named_fields_are_written():
    line = line_of(record(patient="Sok Dara", request="<WSGIRequest: GET '/?q=Sok'>"))
    assert "Sok" not in json.dumps(line)


def test_an_exception_is_kept_without_its_text():
    try:
        try:
            int("012 345 678")
        except ValueError as error:
            raise RuntimeError("patient Sok Dara") from error
    except RuntimeError:
        failed = record()
        failed.exc_info = sys.exc_info()
    text = json.dumps(line_of(failed))
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "Dara" not in text
    assert "012 345" not in text


def test_a_ring_of_causes_ends():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    assert places(one) == ["KeyError", "ValueError"]


def test_each_request_is_logged_once_without_its_query(caplog):
    with caplog.at_level(logging.INFO, logger="core.requests"):
        RequestIdMiddleware(lambda request: HttpResponse(status=204))(factory.get("/patients/?q=Sok"))
        RequestIdMiddleware(lambda request: HttpResponse())(factory.get("/health/live"))
    (logged,) = caplog.records
    assert logged.status == 204
    assert logged.milliseconds >= 0
    assert "Sok" not in caplog.text


def test_every_line_is_one_line_and_khmer_stays_readable():
    text = JsonFormatter().format(record("សុខ\nnext"))
    assert "\n" not in text
    assert "សុខ" in text
