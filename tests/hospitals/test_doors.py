"""Which door a host name opens, and which stay shut."""

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from hospitals.middleware import forget_hospitals
from hospitals.models import Hospital
from hospitals.services.hospitals import activate_hospital, suspend_hospital


def get(host, path="/login/"):
    return Client(HTTP_HOST=host).get(path)


def test_an_unknown_host_is_a_plain_404(samaki):
    for host in (
        "nowhere.localhost",
        "portal.nobody.localhost",
        "samaki.localhost",
        "portal.samaki.localhost.evil.example",
    ):
        answer = get(host)
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")


@pytest.mark.parametrize(
    "host", ["localhost", "console.localhost", "portal.samaki.localhost", "queue.samaki.localhost"]
)
def test_health_answers_on_every_host(samaki, host):
    assert get(host, "/health/live").status_code == 200


def test_the_queue_host_has_no_sign_in_and_the_landing_no_portal(samaki):
    assert get("queue.samaki.localhost").status_code == 404
    assert get("localhost", "/patients/").status_code == 404
    assert get("localhost", "/admin/").status_code == 404
    assert get("portal.samaki.localhost", "/admin/").status_code == 404


def test_a_portal_page_asks_to_sign_in(samaki):
    answer = get("portal.samaki.localhost", "/patients/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/patients/")


def move(schema, act):
    with schema_context("public"):
        act(hospital=Hospital.objects.get(schema_name=schema), reason="test", by=None)


def test_a_suspended_hospital_shows_a_clear_page_and_keeps_its_data(samaki, doctor, client_for):
    client = client_for(doctor)
    assert client.get("/").status_code == 200
    move("samaki", suspend_hospital)
    answer = client.get("/")
    assert answer.status_code == 403
    assert b"suspended" in answer.content
    move("samaki", activate_hospital)
    assert client.get("/").status_code == 200


def test_the_page_of_a_suspended_hospital_speaks_the_readers_language_whoever_read_before(samaki):
    move("samaki", suspend_hospital)
    reader = Client(HTTP_HOST="portal.samaki.localhost")
    for language, words in (("km", "ផ្អាក"), ("zh-hans", "暂停"), ("en", "suspended")):
        reader.cookies["django_language"] = language
        answer = reader.get("/login/").content.decode()
        assert words in answer
        assert f'lang="{language}"' in answer.lower()


def test_the_hospital_next_door_stays_open_meanwhile(samaki, client_for):
    move("samaki", suspend_hospital)
    assert get("portal.royal.localhost").status_code == 200


def test_a_half_made_hospital_is_never_served(samaki):
    with schema_context("public"):
        Hospital.objects.filter(schema_name="royal").update(ready=False)
    forget_hospitals()
    assert get("portal.royal.localhost").status_code == 503


def test_a_session_opens_only_the_door_it_was_made_at(samaki, doctor, client_for):
    client = client_for(doctor)
    session = client.session
    session["surface"] = "console"
    session.save()
    assert client.get("/")["Location"].startswith("/login/")


def test_a_session_of_one_hospital_is_nothing_next_door(samaki, doctor, client_for):
    mine = client_for(doctor)
    next_door = Client(HTTP_HOST="portal.royal.localhost")
    next_door.cookies = mine.cookies
    assert next_door.get("/")["Location"].startswith("/login/")
