"""Two people decide about one patient's data at the same moment, on real connections: one wins, the other reads why."""

from patients.errors import ConsentNotGiven, ExportUnderWay
from patients.models import ConsentText, DataExport, ExportFile
from patients.queries.consents import current_texts
from patients.services.consents import publish_text, record_consent
from patients.services.exports import ask_for_export, make_export
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
