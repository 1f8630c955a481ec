"""Four eyes, release, critical results and corrections."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import Event
from core.once import new_key
from core.preferences import set_preference
from core.states import MoveNotAllowed
from laboratory.errors import CorrectionInWork, NothingToVerify, ReasonMissing, SamePerson, SameValue, ValueRefused
from laboratory.models import CriticalAlert, Result
from laboratory.queries.results import (
    latest_results,
    open_alerts,
    orders_to_read,
    released_results,
    trends,
    unread_count,
)
from laboratory.services.corrections import correct_result
from laboratory.services.entry import Entry
from laboratory.services.reading import acknowledge_results, note_call
from laboratory.services.verification import release_results, send_back_results, verify_results
from notifications.models import Notice
from tests.factories import laboratory as lab

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule():
    return lambda key, value: set_preference(key, value, by=lab.person("owner"))


def test_the_second_person_verifies_and_releases():
    specimen = lab.submitted({"K": "4.5"})
    result = lab.verify(specimen)[0]
    assert (result.state, result.verified_by.username, result.alone) == ("released", "labtech2", False)
    verbs = list(lab.item_of(specimen, "K").moves.values_list("verb", flat=True))
    assert verbs == ["order", "collect", "receive", "result", "verify", "release"]


@pytest.mark.parametrize("who", ["labtech", "labtech2"])
def test_neither_who_typed_nor_who_submitted_verifies(who):
    specimen = lab.received("K")
    lab.typed(specimen, {"K": "4.5"}, by=lab.person("labtech"))
    lab.typed(specimen, {"K": "4.5"}, submit=True, by=lab.person("labtech2"))
    with pytest.raises(SamePerson):
        lab.verify(specimen, by=lab.person(who))
    assert lab.the_result(specimen, "K").state == "submitted"


def test_the_database_refuses_the_same_person_too():
    specimen = lab.submitted({"K": "4.5"})
    result = lab.the_result(specimen, "K")
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=result.pk).update(
            state="verified", verified_by=result.entered_by, verified_at=result.submitted_at
        )


def test_a_small_laboratory_may_allow_one_person_and_it_is_marked(rule):
    rule("laboratory.four_eyes", False)
    specimen = lab.submitted({"K": "4.5"})
    assert lab.verify(specimen, by=lab.person("labtech"))[0].alone is True


def test_the_database_refuses_verified_states_without_a_verifier():
    result = lab.the_result(lab.submitted({"K": "4.5"}), "K")
    for state in ("verified", "released"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.filter(pk=result.pk).update(state=state)


@pytest.mark.parametrize("change", [{"flag": "N"}, {"unit": "g"}, {"range_high": "9"}, {"version": 5}])
def test_the_database_never_changes_a_verified_version(change):
    result = lab.the_result(lab.released({"K": "5.9"}), "K")
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=result.pk).update(**change)
    result.value = "4.5"
    with pytest.raises(IntegrityError), transaction.atomic():
        result.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=result.pk)._raw_delete("default")


def test_unverified_values_are_invisible_outside(client_for):
    specimen = lab.submitted({"K": "6.4"})
    assert released_results(specimen.order) == []
    assert latest_results(specimen.patient) == []
    client = client_for("doctor")
    page = client.get(reverse("laboratory:order-detail", args=[specimen.order_id]))
    assert page.status_code == 200
    assert "6.4" not in page.content.decode()
    assert client.get(reverse("laboratory:order-report", args=[specimen.order_id])).status_code == 404
    assert client.get(reverse("laboratory:result-verify", args=[specimen.pk])).status_code == 403


def test_verified_results_may_be_held_back(rule):
    rule("laboratory.release_at_once", False)
    specimen = lab.submitted({"K": "4.5"})
    lab.verify(specimen)
    assert released_results(specimen.order) == []
    release_results(order=specimen.order, by=lab.person("labtech2"))
    assert [one.value for one in released_results(specimen.order)] == ["4.5"]


def test_what_is_verified_is_not_verified_again():
    specimen = lab.released({"K": "4.5"})
    with pytest.raises(NothingToVerify):
        verify_results(specimen=specimen, items=[lab.item_of(specimen, "K").pk], by=lab.person("labtech2"))


def test_some_results_may_be_accepted_and_others_sent_back():
    specimen = lab.submitted({"K": "4.5", "NA": "199"})
    verify_results(specimen=specimen, items=[lab.item_of(specimen, "K").pk], by=lab.person("labtech2"))
    send_back_results(
        specimen=specimen, items=[lab.item_of(specimen, "NA").pk], reason="repeat", by=lab.person("labtech2")
    )
    sodium = lab.the_result(specimen, "NA")
    assert (sodium.state, sodium.sent_back_reason, sodium.item.state) == ("draft", "repeat", "received")
    assert Notice.objects.get(kind="laboratory.sent_back").user.username == "labtech"
    lab.typed(specimen, {"NA": "140"}, submit=True)
    lab.verify(specimen)
    assert sorted(one.value for one in released_results(specimen.order)) == ["140", "4.5"]


def test_sending_back_needs_a_reason():
    specimen = lab.submitted({"K": "4.5"})
    with pytest.raises(ReasonMissing):
        send_back_results(
            specimen=specimen, items=[lab.item_of(specimen, "K").pk], reason=" ", by=lab.person("labtech2")
        )


# --- The doctor is told -----------------------------------------------------------------------------------------------
def test_the_doctor_is_told_once_and_finds_the_results(doctor):
    specimen = lab.released({"K": "4.5", "NA": "140"})
    notice = Notice.objects.get(user=doctor)
    assert (notice.kind, notice.urgent) == ("laboratory.released", False)
    assert notice.url == reverse("laboratory:order-detail", args=[specimen.order_id])
    assert "4.5" not in str(notice.params)
    assert specimen.patient.mrn not in str(notice.params)
    assert unread_count(doctor) == 1
    assert list(orders_to_read(doctor)) == [specimen.order]


def test_a_colleague_who_has_the_patient_now_is_told_too(doctor2):
    lab.released({"K": "4.5"}, encounter=lab.encounter(practitioner=doctor2))
    assert Notice.objects.filter(user=doctor2, kind="laboratory.released").exists()


def test_acknowledging_empties_the_list_and_settles_the_notice(doctor):
    specimen = lab.released({"K": "4.5"})
    assert acknowledge_results(order=specimen.order, by=doctor) == 1
    assert acknowledge_results(order=specimen.order, by=doctor) == 0
    result = lab.the_result(specimen, "K")
    assert (result.acknowledged_by, unread_count(doctor)) == (doctor, 0)
    assert Notice.objects.get(user=doctor).read_at


def test_a_critical_result_alarms_until_it_is_acknowledged(doctor, labtech2):
    specimen = lab.released({"K": "7.1", "NA": "140"})
    notice = Notice.objects.get(user=doctor)
    assert (notice.kind, notice.urgent) == ("laboratory.critical", True)
    alert = open_alerts(doctor).get()
    note_call(alert=alert, note="Dr Sok read back 7.1", by=labtech2)
    assert open_alerts(doctor).count() == 1
    acknowledge_results(order=specimen.order, by=doctor)
    alert.refresh_from_db()
    assert alert.acknowledged_by == doctor
    assert alert.acknowledged_at
    assert not open_alerts(doctor).exists()
    assert Notice.objects.get(user=doctor).acknowledged_at


def test_a_call_is_noted_with_words(labtech2):
    lab.released({"K": "7.1"})
    with pytest.raises(ReasonMissing):
        note_call(alert=CriticalAlert.objects.get(), note=" ", by=labtech2)


def test_events_of_release_carry_ids_only(monkeypatch):
    heard = []
    monkeypatch.setattr("core.events.publish", lambda name, **ids: heard.append((name, ids)))
    lab.released({"K": "7.1"})
    names = [name for name, _ids in heard]
    assert {"laboratory.order_placed", "laboratory.item_released", "laboratory.critical_found"} <= set(names)
    assert "7.1" not in str(heard)
    assert not Event.objects.filter(payload__icontains="7.1").exists()


# --- Corrections ------------------------------------------------------------------------------------------------------
def correct(specimen, code, value, *, by="labtech", reason="dilution forgotten"):
    return correct_result(item=lab.item_of(specimen, code), entry=Entry(value), reason=reason, by=lab.person(by))


def test_a_correction_is_a_new_version_and_the_old_one_is_kept(doctor):
    specimen = lab.released({"K": "4.5"})
    acknowledge_results(order=specimen.order, by=doctor)
    correct(specimen, "K", "5.4")
    assert [one.value for one in released_results(specimen.order)] == ["4.5"]
    lab.verify(specimen)
    new, old = lab.item_of(specimen, "K").results.order_by("-version")
    assert (new.version, new.value, new.state, old.value, old.state) == (2, "5.4", "released", "4.5", "superseded")
    assert lab.item_of(specimen, "K").state == "corrected"
    assert Notice.objects.filter(user=doctor, kind="laboratory.corrected").count() == 1
    assert new.acknowledged_at is None
    assert unread_count(doctor) == 1


def test_a_correction_may_be_corrected():
    specimen = lab.released({"K": "4.5"})
    for value in ("5.4", "5.2"):
        correct(specimen, "K", value)
        lab.verify(specimen)
    assert [one.value for one in trends(specimen.patient, [lab.item_of(specimen, "K").test]).popitem()[1]] == ["5.2"]


def test_a_late_correction_is_compared_with_what_was_before_it_and_is_no_news():
    first = lab.released({"K": "4.5"})
    second = lab.released({"K": "6.4"}, encounter=first.order.encounter, again=True)
    correct(first, "K", "4.8")
    lab.verify(first)
    assert lab.the_result(first, "K").previous is None
    assert lab.the_result(second, "K").previous.value == "4.5"
    assert [one.value for one in latest_results(first.patient)] == ["6.4"]


def test_a_refused_correction_leaves_the_old_result(doctor):
    specimen = lab.released({"K": "4.5"})
    correct(specimen, "K", "5.4")
    send_back_results(
        specimen=specimen, items=[lab.item_of(specimen, "K").pk], reason="wrong tube", by=lab.person("labtech2")
    )
    assert [one.value for one in released_results(specimen.order)] == ["4.5"]
    correct(specimen, "K", "4.8")
    assert lab.verify(specimen)[0].version == 2


@pytest.mark.parametrize(
    ("value", "reason", "problem"), [("4.5", "x", SameValue), ("4.8", " ", ReasonMissing), ("4,8", "x", ValueRefused)]
)
def test_senseless_corrections_are_refused(value, reason, problem):
    specimen = lab.released({"K": "4.5"})
    with pytest.raises(problem):
        correct(specimen, "K", value, reason=reason)


def test_only_one_correction_at_a_time_and_only_of_released_results():
    specimen = lab.released({"K": "4.5"})
    correct(specimen, "K", "5.4")
    with pytest.raises(CorrectionInWork):
        correct(specimen, "K", "5.5")
    with pytest.raises(MoveNotAllowed):
        correct(lab.submitted({"K": "4.5"}), "K", "5.5")


def test_who_corrects_does_not_verify():
    specimen = lab.released({"K": "4.5"})
    correct(specimen, "K", "5.4", by="labtech2")
    with pytest.raises(SamePerson):
        lab.verify(specimen, by=lab.person("labtech2"))


# --- Screens ----------------------------------------------------------------------------------------------------------
def test_own_results_cannot_be_ticked(client_for):
    specimen = lab.submitted({"K": "4.5"})
    url = reverse("laboratory:result-verify", args=[specimen.pk])
    item = lab.item_of(specimen, "K").pk
    assert "a second person verifies" in client_for("labtech").get(url).content.decode()
    refused = client_for("labtech").post(url, {"items": [item], "_once": new_key()})
    assert refused.status_code == 422
    assert lab.the_result(specimen, "K").state == "submitted"
    assert client_for("labtech2").post(url, {"items": [item], "_once": new_key()}).status_code == 302
    assert lab.the_result(specimen, "K").state == "released"


def test_nothing_ticked_and_foreign_ticks_are_refused(client_for):
    specimen, other = lab.submitted({"K": "4.5"}), lab.submitted({"NA": "140"})
    url, client = reverse("laboratory:result-verify", args=[specimen.pk]), client_for("labtech2")
    for items in ([], ["nonsense"], [lab.item_of(other, "NA").pk]):
        assert client.post(url, {"items": items, "_once": new_key()}).status_code == 422
    assert lab.the_result(other, "NA").state == "submitted"


def test_sending_back_on_the_page(client_for):
    specimen, client = lab.submitted({"K": "4.5"}), client_for("labtech2")
    url = reverse("laboratory:result-send-back", args=[specimen.pk])
    items = [lab.item_of(specimen, "K").pk]
    assert client.post(url, {"items": items, "reason": "", "_once": new_key()}).status_code == 422
    assert client.post(url, {"items": items, "reason": "repeat", "_once": new_key()}).status_code == 302
    page = client_for("labtech").get(reverse("laboratory:result-entry", args=[specimen.pk])).content.decode()
    assert "repeat" in page
    assert 'value="4.5"' in page


def test_the_doctor_reads_and_acknowledges(client_for, doctor):
    specimen, client = lab.released({"K": "7.1"}), client_for("doctor")
    assert specimen.order.number in client.get(reverse("laboratory:result-inbox")).content.decode()
    url = reverse("laboratory:order-detail", args=[specimen.order_id])
    page = client.get(url).content.decode()
    assert "7.1" in page
    assert "Critically high" in page
    assert "act and acknowledge" in page
    assert specimen.patient.mrn in client.get(reverse("laboratory:alert-list")).content.decode()
    client.post(reverse("laboratory:order-acknowledge", args=[specimen.order_id]), {"_once": new_key()})
    assert "act and acknowledge" not in client.get(url).content.decode()
    assert specimen.patient.mrn not in client.get(reverse("laboratory:alert-list")).content.decode().split("<main")[1]


def test_a_call_and_a_correction_on_their_pages(client_for):
    specimen, client = lab.released({"K": "7.1"}), client_for("labtech")
    call = reverse("laboratory:alert-call", args=[CriticalAlert.objects.get().pk])
    assert client.post(call, {"call_note": "", "_once": new_key()}).status_code == 422
    assert client.post(call, {"call_note": "Dr Sok, read back", "_once": new_key()}).status_code == 302
    url = reverse("laboratory:result-correct", args=[lab.item_of(specimen, "K").pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"value": "7,0", "reason": "x", "_once": new_key()}).status_code == 422
    assert client.post(url, {"value": "5.0", "reason": "haemolysis", "_once": new_key()}).status_code == 302
    lab.verify(specimen)
    page = client_for("doctor").get(reverse("laboratory:order-detail", args=[specimen.order_id])).content.decode()
    assert "Corrected, version 2" in page
    assert "haemolysis" in page
    assert "7.1" in page


def test_only_doctors_acknowledge(client_for):
    specimen = lab.released({"K": "4.5"})
    url = reverse("laboratory:order-acknowledge", args=[specimen.order_id])
    for role in ("nurse", "labtech", "cashier"):
        assert client_for(role).post(url, {"_once": new_key()}).status_code == 403
