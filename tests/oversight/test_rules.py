"""The scale of unusual reading, and the records that are watched: set on one page by whoever oversees privacy."""

import uuid
from datetime import time

import pytest

from audit.models import Record
from core.preferences import mark_of, preference
from oversight.forms_settings import RulesForm
from oversight.models import WatchedPatient
from oversight.services.detection import look_at_readings
from tests.factories.patients import patient as register

PAGE = "/oversight/settings/"


def form(**changes):
    facts = {
        "many_patients": "30",
        "department_patients": "5",
        "guarded_patients": "on",
        "own_family": "on",
        "unusual_hours": "on",
        "day_begins": "07:00",
        "day_ends": "18:30",
        "reason": "Alerts came too late in the last audit",
        "seen": mark_of(RulesForm.keys),
    }
    return {"_once": str(uuid.uuid4()), **facts, **changes}


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("auditor", 200), ("admin", 403), ("doctor", 403)])
def test_whoever_oversees_privacy_sets_the_scale(samaki, client_for, who, status):
    assert client_for(who).get(PAGE).status_code == status


def test_the_scale_counts_from_now_on_and_is_on_record(samaki, client_for, auditor):
    assert client_for("auditor").post(PAGE, form()).status_code == 302
    assert preference("oversight.many_patients") == 30
    assert preference("oversight.same_surname") is False
    assert (preference("oversight.day_begins"), preference("oversight.day_ends")) == (time(7), time(18, 30))
    kept = Record.objects.filter(table_name="core_preference", row_id="oversight.many_patients").latest("id")
    assert (kept.actor, kept.reason) == ("auditor", "Alerts came too late in the last audit")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"many_patients": "4"}, "many_patients"),
        ({"many_patients": "1001"}, "many_patients"),
        ({"day_begins": "19:00"}, "day_ends"),
        ({"day_begins": "soon"}, "day_begins"),
        ({"reason": "so"}, "reason"),
    ],
)
def test_what_does_not_fit_changes_nothing(samaki, client_for, wrong, field):
    answer = client_for("auditor").post(PAGE, form(**wrong))
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {field})
    assert preference("oversight.many_patients") == 60


def test_a_lower_threshold_raises_the_alert(samaki, client_for, doctor, look, soon):
    for _ in range(6):
        look(doctor, register())
    assert [alert for alert in look_at_readings() if alert.rule == "many_patients"] == []
    client_for("auditor").post(PAGE, form(many_patients="5"))
    for _ in range(6):
        look(doctor, register())
    soon.advance(seconds=30)
    assert [alert.concerned_id for alert in look_at_readings() if alert.rule == "many_patients"] == [doctor.pk]


def test_a_record_is_watched_by_its_number_for_a_reason_and_no_longer(samaki, client_for, auditor):
    some, client = register(family_name="Zzfamous"), client_for("auditor")

    def watch(**fields):
        return client.post(f"{PAGE}watch/", {"_once": str(uuid.uuid4()), **fields})

    assert watch(number="P999999", reason="A singer everybody knows").status_code == 422
    assert watch(number=some.mrn, reason="famous").status_code == 422
    assert not WatchedPatient.objects.exists()
    assert watch(number=some.mrn.lower(), reason="A singer everybody knows").status_code == 302
    page = client.get(PAGE).content.decode()
    assert some.mrn in page
    assert "Zzfamous" not in page
    assert client.post(f"/oversight/patients/{some.pk}/unwatch/", {"_once": str(uuid.uuid4())}).status_code == 302
    assert some.mrn not in client.get(PAGE).content.decode()


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_five(samaki, client_for, auditor, query_count):
    client, counts = client_for("auditor"), []
    for many in (1, 4):
        for _ in range(many):
            WatchedPatient.objects.create(patient=register(), reason="well known here", by_id=auditor.pk, by_name="A")
        client.get(PAGE)
        with query_count() as queries:
            client.get(PAGE)
        counts.append(queries.count)
    assert counts[0] == counts[1]
