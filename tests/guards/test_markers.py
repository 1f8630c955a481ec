"""Nothing personal leaves its column: marker names, phones and words are lived through a day and looked for everywhere.

The product runs as it does outside: web server, worker, PostgreSQL, Valkey. A patient made of markers is registered and
goes through a whole visit; every door of the portal that is about patients is opened and its forms are sent, with
markers in every text field, by somebody who may and by somebody who may not. Then logs, metrics, addresses, jobs,
cache, sessions, mails, files and every table are searched for the markers.

On the way Valkey tells every command it was given: each key carries its hospital, or says nothing of one.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import override_settings
from django_tenants.utils import schema_context

from core import keyring
from tests.cast import CAST
from tests.guards.marked_day import Person, Questions, break_jobs, live_a_day, provoke, registration, search, walk
from tests.guards.markers import MARKERS, found_in
from tests.support.connecting import connect
from tests.support.threads import eventually
from tests.support.valkey import Listener
from tests.support.web import Web, running_web


def redis_dump(url: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Every key of this database's corner, with every value under it."""
    server = redis.Redis.from_url(url.replace("redis+socket", "unix").replace("?virtual_host=", "?db="))
    for key in server.scan_iter(match=f"*{prefix}*", count=1000):
        kind = server.type(key).decode()
        read = {
            "string": lambda key: [server.get(key)],
            "list": lambda key: server.lrange(key, 0, -1),
            "hash": lambda key: [part for pair in server.hgetall(key).items() for part in pair],
            "set": server.smembers,
            "zset": lambda key: server.zrange(key, 0, -1),
        }[kind]
        for value in read(key):
            yield key.decode(errors="replace"), unpacked(value or b"")
        yield key.decode(errors="replace"), key


def unpacked(value: bytes) -> bytes:
    """A message of a job carries its body in base64."""
    try:
        body = json.loads(value)[0] if value.startswith(b"[") else json.loads(value)
        return value + base64.b64decode(body["body"])
    except (ValueError, KeyError, TypeError, IndexError):
        return value


def rows_with_markers(schema: str) -> set[str]:
    """table.column: marker, for every value of the schema that is readable."""
    leaks = set()
    with schema_context(schema), connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{schema}"."{table}" AS t')
            for (row,) in cursor.fetchall():
                if found_in(row):
                    leaks |= {
                        f"{table}.{column}: {name}"
                        for column, value in json.loads(row).items()
                        for name in found_in(str(value))
                    }
    return leaks


@dataclass
class Left:
    """What the day left behind, by place."""

    logs: str
    metrics: str
    addresses: list[str]
    kept: list[tuple[str, bytes]]
    sessions: list[dict]
    tables: set[str]
    files: dict[str, bytes]
    mails: list[str]
    statuses: set[int]
    messages: list[bytes]
    keys: set[str]  # of Valkey, touched at any time of the day


@pytest.fixture(scope="module")
def left(databases, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Left]:
    from core.models import Delivery

    main = settings.DATABASES["default"]["NAME"]
    media = tmp_path_factory.mktemp("media")
    logs = databases.local.logs
    for name in ("markers-web.log", "markers-worker.log"):
        (logs / name).unlink(missing_ok=True)
    server_log = logs / "postgres.log"
    began = server_log.stat().st_size if server_log.exists() else 0
    options = {"MEDIA_ROOT": str(media), "LOG_LEVEL": "INFO", "LOG_FORMAT": "json", "WEB_ACCESS_LOG": "-"}
    with running_web(databases, "markers", **options) as web, django_db_blocker.unblock():
        connect(databases, web.database)
        elsewhere = override_settings(MEDIA_ROOT=str(media))
        elsewhere.enable()
        keyring.forget_keys()  # of whatever database stood here before
        try:
            worker = web.children[1]
            worker.stop()
            with Listener(settings.REDIS_URL) as heard, schema_context("samaki"):
                people = {username: Person(web, username) for username in CAST}
                desk = people["receptionist"]
                desk.get("/patients/new/")
                desk.post("/patients/new/", registration())
                assert desk.status == 302, "the marker patient was not registered"
                live_a_day()
                walk(people)
                search(people)
                provoke(desk)
                break_jobs()
                messages = [value for _key, value in redis_dump(settings.CELERY_BROKER_URL, web.database)]
                worker.asked_to_stop = False
                worker.start()
                assert eventually(lambda: not Delivery.objects.filter(status="claimed").exists(), patience=30)
                assert eventually(web.mails, patience=30), "a patient was mailed a receipt"
            with schema_context("samaki"):
                yield Left(
                    logs=_read(logs / "markers-web.log")
                    + _read(logs / "markers-worker.log")
                    + _read(server_log, began),
                    metrics=_metrics(web),
                    addresses=[one for person in people.values() for one in person.addresses],
                    kept=[*redis_dump(settings.REDIS_URL, web.database)],
                    sessions=[session.get_decoded() for session in Session.objects.all()],
                    tables=rows_with_markers("samaki") | rows_with_markers("public"),
                    files={str(file): file.read_bytes() for file in media.rglob("*") if file.is_file()},
                    mails=web.mails(),
                    statuses={status for person in people.values() for status in person.statuses},
                    messages=messages,
                    keys={key for key in heard.keys if web.database in key or "suite_" not in key},
                )
        finally:
            elsewhere.disable()
            keyring.forget_keys()
            connect(databases, main)


def _read(file: Path, start: int = 0) -> str:
    return file.read_bytes()[start:].decode(errors="replace") if file.exists() else ""


def _metrics(web: Web) -> str:
    link = HTTPConnection("127.0.0.1", web.port, timeout=30)
    link.request("GET", "/metrics", headers={"Host": "localhost", "Authorization": "Bearer tests-only-metrics-token"})
    return link.getresponse().read().decode()


def test_the_day_was_full(left):
    """Every kind of answer was given, and the markers did arrive where they belong."""
    from patients.models import Patient

    assert left.statuses >= {200, 302, 400, 403, 404, 409, 422}, left.statuses
    assert 500 not in left.statuses
    assert len(left.addresses) > 1_500
    assert len(left.logs) > 100_000
    assert len(left.messages) > 3, "the jobs were looked at while they waited"
    assert len(left.kept) > 10
    with schema_context("samaki"):
        person = Patient.objects.get(mrn="P000001")
        assert person.given_name == MARKERS["given name"]
        assert person.visits.filter(reason="").count() == 0


@pytest.mark.parametrize("marker", MARKERS.values())
def test_a_marker_is_found_however_it_is_written(marker):
    for written in (marker, marker.upper(), quote(marker), json.dumps(marker), marker.encode().hex()):
        assert found_in(f"…{written}…"), written
    for padding in range(3):
        assert found_in(base64.b64encode(b"x" * padding + marker.encode() + b"tail"))


def test_what_a_page_would_ask_by_get_is_found():
    """The parser itself: forms, single fields, included fields, and those that hx-params leaves out."""
    page = """<form><input name="a"></form><form method="post" hx-get="/x/" hx-params="not d"><input name="b">
    <textarea name="d"></textarea></form><form method="post"><input type="search" name="c" hx-get="/y/"><input name="z">
    <div hx-get="/all/" hx-include="closest form"></div><div hx-get="/none/" hx-include="#s"></div>
    <div id="s"><select name="k"></select></div></form>"""
    assert sorted(Questions(page).asked()) == [("", ["a"]), ("/all/", ["c", "z"]), ("/x/", ["b"]), ("/y/", ["c"])]


def test_logs_say_nothing(left):
    lines = [line for line in left.logs.splitlines() if found_in(line)]
    assert lines == []


def test_metrics_say_nothing(left):
    assert "hospital_requests_total" in left.metrics
    assert found_in(left.metrics) == []


def test_addresses_and_cookies_say_nothing(left):
    assert {address for address in left.addresses if found_in(address)} == set()


def test_jobs_carry_nothing(left):
    assert [found_in(message) for message in left.messages if found_in(message)] == []


def test_the_cache_keeps_nothing(left):
    assert {(key, *found_in(value)) for key, value in left.kept if found_in(value)} == set()


# Keys that say nothing of a hospital: jobs wait in one line for all, and each says in a header whose it is.
OF_ALL = re.compile(
    r"(.*\.)?(jobs\.)?(/\d+\.)?"
    r"([\w@.-]*\bcelery(\.pidbox)?|celeryev([/.][\w.*-]+)?|unacked\w*|_kombu\.binding[\w.]+)(\\x06\\x16\d)?$"
)
# Of the platform: nobody's hospital is known yet, or it is none's.
OF_THE_PLATFORM = re.compile(r"public:[^:]*:1:(health|rate:stranger:[\d.:a-f/]+:\d+)$")


def test_every_key_of_the_day_carries_its_hospital(left):
    """As Valkey heard them, whether they are still there or not."""
    of_hospitals = {key for key in left.keys if key.startswith(("samaki:", "royal:"))}
    strange = {key for key in left.keys - of_hospitals if not OF_ALL.match(key) and not OF_THE_PLATFORM.match(key)}
    assert strange == set()
    assert len(of_hospitals) >= len(CAST), "everybody has a session"
    assert {key.partition(":")[0] for key in of_hospitals} == {"samaki"}, "nobody worked in royal that day"
    assert {name for key in left.keys for name in found_in(key)} == set()


def test_every_job_says_whose_it_is(left):
    waiting = [message.decode(errors="replace") for message in left.messages if message.startswith(b'{"body"')]
    jobs = [json.JSONDecoder().raw_decode(message)[0] for message in waiting]
    assert len(jobs) > 2
    assert {job["headers"].get("_schema_name") for job in jobs} == {"samaki"}


def test_sessions_keep_nothing(left):
    assert left.sessions
    assert [session for session in left.sessions if found_in(str(session))] == []


def test_no_table_shows_anything(left):
    assert left.tables == set()


def test_files_and_mails_show_nothing(left):
    assert left.files, "a paper was kept"
    assert [name for name, content in left.files.items() if found_in(content)] == []
    inside = [re.sub(r"(?m)^To: .*$", "", mail) for mail in left.mails]  # a patient's own goes to their own address
    assert [mail for mail in inside if found_in(mail)] == []
