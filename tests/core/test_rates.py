"""Who asks too often waits: per person or address, per class, per hospital, with Retry-After and a page in words."""

from uuid import uuid4

import pytest
from django.test import override_settings
from django_tenants.utils import schema_context

from core import rates
from tests.factories.patients import patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(settings, monkeypatch):
    """Three of everything, in one and the same minute."""
    monkeypatch.setattr(rates, "_mine", {})
    monkeypatch.setattr(rates.time, "time", lambda: 1_800_000_000 + 17)
    settings.CACHES["default"]["KEY_PREFIX"] = uuid4().hex
    with override_settings(RATES=dict.fromkeys(("read", "act", "paper", "stranger"), 3)):
        yield


def statuses(client, address: str, times: int = 4) -> list[int]:
    return [client.get(address).status_code for _ in range(times)]


def test_the_fourth_request_of_a_minute_waits_for_its_end(client_for, few):
    desk = client_for("receptionist")
    assert statuses(desk, "/patients/") == [200, 200, 200, 429]
    answer = desk.get("/patients/")
    assert answer["Retry-After"] == str(60 - (1_800_000_000 + 17) % 60)
    assert answer["Retry-After"] in answer.content.decode()


def test_a_class_and_a_person_have_counts_of_their_own(client_for, few):
    person, desk = patient(), client_for("receptionist")
    assert statuses(desk, "/patients/")[-1] == 429
    assert statuses(desk, f"/patients/{person.pk}/card/") == [200, 200, 200, 429]
    assert desk.post("/set-theme/", {"theme": "dark"}).status_code == 302
    assert client_for("nurse").get("/patients/").status_code == 200


def test_a_stranger_is_counted_by_address(client, few):
    client.defaults["HTTP_HOST"] = "portal.samaki.localhost"
    assert statuses(client, "/login/") == [200, 200, 200, 429]
    assert client.get("/login/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_neighbours_count_is_another(client_for, few, royal):
    assert statuses(client_for("receptionist"), "/patients/")[-1] == 429
    with schema_context(royal.schema_name):
        assert rates.make_key("rate:read:x:1", "", 1).startswith("royal")


def test_processes_count_together(client_for, few, monkeypatch):
    desk = client_for("receptionist")
    assert statuses(desk, "/patients/", 2) == [200, 200]
    monkeypatch.setattr(rates, "_mine", {})  # as another process would see it
    assert statuses(desk, "/patients/", 2) == [200, 429]
