"""Two people decide about one patient's data at the same moment, on real connections: one wins, the other reads why."""

from datetime import timedelta

from core import clock as clocks
from patients.errors import (
    ConsentNotGiven,
    ErasureHindered,
    ErasureUnderWay,
    ExportUnderWay,
    HoldStands,
    PatientIsErased,
    PreviewReplaced,
)
from patients.models import ConsentText, DataExport, Erasure, ExportFile, LegalHold, Patient
from patients.queries.consents import current_texts
from patients.services.consents import publish_text, record_consent
from patients.services.erasures import approve_erasure, ask_for_erasure, carry_out, set_hold
from patients.services.exports import ask_for_export, make_export
from patients.services.retention import carry_out_run, preview_retention, release_run
from tests.factories.patients import patient


def test_of_withdrawals_at_once_one_stands(committed_db, race, receptionist):
    facts = {"patient": patient(), "text": current_texts()["research"], "method": "paper", "by": receptionist}
    record_consent(decision="permit", **facts)
    run = race(lambda: record_consent(decision="withdrawn", **facts), times=4)
    assert len(run.results) == 1
    assert {type(error) for error in run.errors} == {ConsentNotGiven}


def test_versions_published_at_once_have_numbers_of_their_own(committed_db, race, admin):
    words = {f"{name}_{one}": "Words" for name in ("title", "text") for one in ("en", "km", "zh_hans")}
    run = race(lambda: publish_text(purpose="research", asks_anew=False, by=admin, **words), times=4)
    assert run.errors == []
    assert sorted(ConsentText.objects.filter(purpose="research").values_list("version", flat=True)) == [1, 2, 3, 4, 5]


def test_of_archives_asked_for_at_once_one_is_made_and_by_one_worker(committed_db, race, admin, monkeypatch):
    monkeypatch.setattr("patients.tasks.put_together.delay", lambda export_id: None)
    facts = {"reason": "The patient asked in person", "language": "en", "passphrase": "abcd-efgh-2345-mnpq-rstu"}
    person = patient()
    run = race(lambda: ask_for_export(patient=person, by=admin, **facts), times=4)
    assert len(run.results) == 1
    assert {type(error) for error in run.errors} == {ExportUnderWay}
    export = DataExport.objects.get()
    made = race(lambda: make_export(export.pk), times=3)
    assert sorted(made.results) == [False, False, True]
    assert made.errors == []
    assert ExportFile.objects.count() == 1


WHY = "The time of keeping is over"


def old_patient():
    person = patient()
    Patient.objects.filter(pk=person.pk).update(created_at=clocks.now() - timedelta(days=365 * 15))
    person.refresh_from_db()
    return person


def test_of_requests_at_once_one_is_open(committed_db, race, admin, owner):
    person = old_patient()
    run = race(lambda: ask_for_erasure(patient=person, kind="erase", reason=WHY, by=admin), times=4)
    assert len(run.results) == 1
    assert {type(error) for error in run.errors} == {ErasureUnderWay}


def test_of_holds_at_once_one_stands(committed_db, race, admin):
    person = patient()
    run = race(lambda: set_hold(patient=person, reason=WHY, by=admin), times=4)
    assert len(run.results) == 1
    assert {type(error) for error in run.errors} == {HoldStands}


def test_a_hold_at_the_moment_of_erasing_stops_it_or_comes_too_late(committed_db, race, admin, owner, monkeypatch):
    monkeypatch.setattr("patients.tasks.carry_out_erasure.delay", lambda erasure_id: None)
    ends = set()
    for _ in range(4):
        person = old_patient()
        erasure = ask_for_erasure(patient=person, kind="erase", reason=WHY, by=admin)
        approve_erasure(erasure=erasure, reason=WHY, by=owner)
        run = race(lambda e=erasure: carry_out(e.pk), lambda p=person: set_hold(patient=p, reason=WHY, by=admin))
        assert all(isinstance(error, (PatientIsErased, ErasureHindered)) for error in run.errors), run.errors
        person.refresh_from_db()
        held = LegalHold.objects.filter(patient=person).exists()
        assert held == (person.erased_at is None) == (Erasure.objects.get(pk=erasure.pk).status == "approved")
        ends.add(held)
    assert ends


def test_of_two_workers_one_erases(committed_db, race, admin, owner, monkeypatch):
    monkeypatch.setattr("patients.tasks.carry_out_erasure.delay", lambda erasure_id: None)
    erasure = ask_for_erasure(patient=old_patient(), kind="erase", reason=WHY, by=admin)
    approve_erasure(erasure=erasure, reason=WHY, by=owner)
    run = race(lambda: carry_out(erasure.pk), times=3)
    assert sorted(run.results) == [False, False, True]
    assert run.errors == []


def test_of_releases_at_once_one_counts_and_two_workers_erase_each_record_once(
    committed_db, race, admin, owner, monkeypatch
):
    monkeypatch.setattr("patients.tasks.carry_out_retention.delay", lambda run_id: None)
    people = [old_patient() for _ in range(3)]
    run = preview_retention()
    released = race(lambda: release_run(run=run, reason=WHY, by=admin), times=3)
    assert len(released.results) == 1
    assert {type(error) for error in released.errors} == {PreviewReplaced}
    worked = race(lambda: carry_out_run(run.pk), times=2)
    assert worked.errors == []
    assert sum(worked.results) == 3
    assert Erasure.objects.filter(status="done", patient__in=people).count() == 3
