"""All data of a patient in one encrypted file: complete, closed to everybody without the passphrase, gone in time."""

import io
import json
import uuid
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django_tenants.utils import schema_context
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

from accounts.models import Branch
from audit.models import Record
from clinical.models import Note
from core import clock as clocks
from core.ids import new_id
from demo.cases import CASES
from demo.services.setting import furnish, place_of
from demo.services.story import Story, whole_visit
from demo.services.today import open_till
from notifications.models import Notice
from patients.errors import ExportUnderWay, PassphraseWeak, ReasonTooShort
from patients.holdings import exported
from patients.models import DataExport, ExportFile
from patients.passphrases import is_passphrase, new_passphrase
from patients.services import exports
from patients.services.documents import add_document
from patients.services.exports import ask_for_export, enqueue_stalled_exports, expire_exports, make_export
from tests.factories.patients import patient
from tests.patients.test_documents import picture

pytestmark = pytest.mark.django_db

PASSPHRASE = "abcd-efgh-2345-mnpq-rstu"


@pytest.fixture
def lived(samaki, admin, receptionist):
    """A patient with a whole visit behind and a paper on file."""
    furnish(2)
    place = place_of(Branch.objects.get())
    open_till(place)
    person = patient(family_name="Meas", given_name="Vicheka")
    case = next(case for case in CASES if case.tests and case.drugs)
    whole_visit(Story(place, person, case, "doctor", Random(7)), lambda minutes: None)
    add_document(patient=person, kind="referral", title="Letter of Kampot", file=picture(), by=receptionist)
    return person


def asked(person, by, **changes):
    facts = {"reason": "The patient came and asked for it", "language": "en", "passphrase": PASSPHRASE, **changes}
    return ask_for_export(patient=person, by=by, **facts)


def content_of(export) -> bytes:
    with default_storage.open(ExportFile.objects.get(export=export).name) as file:
        return file.read()


def opened(export, passphrase=PASSPHRASE) -> PdfReader:
    return PdfReader(io.BytesIO(content_of(export)), password=passphrase)


# --- What is in it ----------------------------------------------------------------------------------------------------


def test_the_archive_holds_every_table_the_words_and_the_papers(lived, admin):
    export = asked(lived, admin)
    assert make_export(export.pk)
    export.refresh_from_db()
    assert (export.status, export.done, export.left_out) == ("ready", export.total, 0)
    reader = opened(export)
    told = json.loads(reader.attachments["record.json"][0])
    assert told["record_number"] == lived.mrn
    resources = {row["resourceType"] for row in told["resources"]}
    wanted = {"Patient", "RelatedPerson", "Encounter", "Observation", "Composition", "ServiceRequest", "Specimen"}
    assert wanted | {"MedicationRequest", "MedicationDispense", "Invoice", "ChargeItem"} <= resources
    person = next(row for row in told["resources"] if row["resourceType"] == "Patient")
    assert (person["family_name"], person["birth_date"], person["phone"]) == ("Meas", "1984-12-31", lived.phone)
    visit = next(row for row in told["resources"] if row["resourceType"] == "Encounter")
    assert visit["patient"] == {"reference": f"Patient/{lived.pk}"}
    assert visit["practitioner"] == {"display": "Sok Piseth"}
    assert export.rows == len(told["resources"])
    paper = reader.attachments["001-referral.jpg"][0]
    assert paper.startswith(b"\xff\xd8")
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Vicheka" in text
    assert "Letter of Kampot" in text


@pytest.mark.parametrize("language", ["km", "zh-hans"])
def test_the_paper_speaks_the_patient_s_language(lived, admin, language):
    export = asked(lived, admin, language=language)
    make_export(export.pk)
    assert len(opened(export).pages) >= 2


def test_nothing_is_read_without_the_passphrase(lived, admin):
    export = asked(lived, admin)
    make_export(export.pk)
    content = content_of(export)
    reader = PdfReader(io.BytesIO(content))
    assert reader.is_encrypted
    with pytest.raises(FileNotDecryptedError):
        len(reader.pages)
    assert not reader.decrypt("abcd-efgh-2345-mnpq-rstv")
    for word in (b"Vicheka", b"record_number", b"Kampot"):
        assert word not in content
    stored = Path(default_storage.path(ExportFile.objects.get().name)).read_bytes()
    assert not stored.startswith(b"%PDF")  # and encrypted once more with the hospital's key


def test_a_confidential_note_is_left_out_for_who_may_not_read_it_and_counted(lived, admin, doctor):
    draft = Note.objects.create(
        encounter=lived.encounters.get(),
        addendum_to=lived.encounters.get().notes.get(),
        author=doctor,
        confidentiality="very_restricted",
        plan="Secret plan",
    )
    export = asked(lived, admin)
    make_export(export.pk)
    export.refresh_from_db()
    assert export.left_out >= 1
    told = opened(export).attachments["record.json"][0].decode()
    assert "Secret plan" not in told
    whole = asked(lived, doctor)
    make_export(whole.pk)
    told = opened(whole).attachments["record.json"][0].decode()
    assert "Secret plan" in told
    assert str(draft.pk) in told


# --- Asking and making ------------------------------------------------------------------------------------------------


def test_a_passphrase_is_ours_and_is_forgotten(samaki, admin):
    assert all(is_passphrase(new_passphrase()) for _ in range(50))
    assert len({new_passphrase() for _ in range(50)}) == 50
    person = patient()
    for weak in ("", "password", "abcd-efgh-2345-mnpq-rst0", PASSPHRASE.upper()):
        with pytest.raises(PassphraseWeak):
            asked(person, admin, passphrase=weak)
    with pytest.raises(ReasonTooShort):
        asked(person, admin, reason=" asked   ")
    export = asked(person, admin)
    make_export(export.pk)
    export.refresh_from_db()
    assert export.passphrase == ""
    for record in Record.objects.filter(table_name="patients_dataexport"):
        for kept in (record.before or {}, record.after or {}):
            assert kept.get("passphrase", "[hidden]") == "[hidden]"
    export.passphrase = PASSPHRASE
    with pytest.raises(IntegrityError), transaction.atomic():
        export.save()


def test_a_second_archive_waits_for_the_first(samaki, admin):
    person = patient()
    asked(person, admin)
    with pytest.raises(ExportUnderWay):
        asked(person, admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataExport.objects.create(patient=person, reason="x", language="en", asked_by=admin, total=1)


def test_what_cannot_be_made_fails_and_keeps_no_passphrase(samaki, admin, monkeypatch):
    person = patient()
    export = asked(person, admin)

    def broken(*args, **kwargs):
        raise OSError("the disk is full of Vicheka")

    monkeypatch.setattr(exports, "sealed", broken)
    with pytest.raises(OSError, match="disk"):
        make_export(export.pk)
    export.refresh_from_db()
    assert (export.status, export.problem, export.passphrase) == ("failed", "OSError", "")
    assert not ExportFile.objects.exists()
    assert not make_export(export.pk)


def test_a_lost_job_is_asked_for_again_and_a_running_one_is_left_alone(samaki, admin, monkeypatch):
    export = asked(patient(), admin)
    sent = []
    monkeypatch.setattr("patients.tasks.put_together.delay", sent.append)
    assert enqueue_stalled_exports() == 0
    DataExport.objects.filter(pk=export.pk).update(status="running")
    assert not make_export(export.pk)
    DataExport.objects.filter(pk=export.pk).update(updated_at=clocks.now() - timedelta(hours=1))
    assert enqueue_stalled_exports() == 1
    assert sent == [str(export.pk)]
    assert make_export(export.pk)


def test_an_archive_goes_with_its_file_after_its_days(samaki, admin, after_commit):
    export = asked(patient(), admin)
    make_export(export.pk)
    path = Path(default_storage.path(ExportFile.objects.get().name))
    assert path.exists()
    assert expire_exports() == 0
    DataExport.objects.update(expires_at=clocks.now() - timedelta(seconds=1))
    with after_commit():
        assert expire_exports() == 1
    export.refresh_from_db()
    assert export.status == "expired"
    assert not ExportFile.objects.exists()
    assert not path.exists()


# --- Screens ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(samaki, admin):
    export = asked(patient(), admin)
    make_export(export.pk)
    export.refresh_from_db()
    return export


def test_the_admin_asks_and_the_job_runs_after_the_commit(samaki, client_for, admin, after_commit):
    person, client = patient(), client_for("admin")
    address = reverse("patients:export-new", args=[person.pk])
    page = client.get(address)
    assert page["Cache-Control"] == "private, no-store"
    passphrase = page.context["form"]["passphrase"].value()
    assert is_passphrase(passphrase)
    form = {"_once": str(new_id()), "reason": "The patient asked in person", "language": "km", "passphrase": passphrase}
    refused = client.post(address, form)
    assert refused.status_code == 422  # nobody said that the passphrase is written down
    assert passphrase in refused.content.decode()
    with after_commit():
        answer = client.post(address, {**form, "written_down": "on"})
    export = DataExport.objects.get()
    assert answer["Location"] == reverse("patients:export-detail", args=[export.pk])
    assert export.status == "ready"
    assert passphrase not in client.get(answer["Location"]).content.decode()
    assert opened(export, passphrase).pages
    told = Notice.objects.get(user=admin, kind="export")
    assert told.url == answer["Location"]


def test_fetching_asks_who_is_there_and_leaves_a_record_each_time(ready, client_for, admin):
    client = client_for("admin")
    fetch = reverse("patients:export-fetch", args=[ready.pk])
    link = client.get(fetch)["Location"]
    for _ in range(2):
        answer = client.get(link)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Cache-Control"] == "private, no-store"
        assert "attachment" in answer["Content-Disposition"]
    noted = Record.objects.filter(kind="export", row_id=str(ready.patient_id), after__page="patients:export-file")
    assert noted.count() == 2
    late = client_for()
    late.sign_in(admin, fresh=False)
    assert late.get(fetch)["Location"].startswith("/account/reauthenticate/")
    assert late.get(link)["Location"].startswith("/account/reauthenticate/")


def test_a_link_is_one_person_s_one_hospital_s_and_short_lived(ready, client_for, royal):
    client, other = client_for("admin"), client_for("owner")
    link = client.get(reverse("patients:export-fetch", args=[ready.pk]))["Location"]
    assert other.get(link).status_code == 404
    with schema_context("royal"):
        from patients.links import archive_address

        foreign = archive_address(ready.pk, client.get("/").wsgi_request.user.pk)
    assert client.get(foreign).status_code == 404
    DataExport.objects.update(expires_at=clocks.now())
    assert client.get(link).status_code == 404
    assert client.get(reverse("patients:export-fetch", args=[ready.pk])).status_code == 302


def test_only_who_may_and_only_of_whom_one_sees(ready, client_for, staff):
    names = ("export-detail", "export-fetch")
    for who in ("nurse", "receptionist", "cashier", "auditor"):
        for name in names:
            assert client_for(who).get(reverse(f"patients:{name}", args=[ready.pk])).status_code == 403
    assert client_for("auditor").get(reverse("patients:rights-detail", args=[ready.patient_id])).status_code == 200
    type(ready.patient).objects.filter(pk=ready.patient_id).update(confidentiality="very_restricted")
    for name in names:
        assert client_for("owner").get(reverse(f"patients:{name}", args=[ready.pk])).status_code == 404
    assert client_for("owner").get(reverse("patients:export-detail", args=[uuid.uuid4()])).status_code == 404


def test_the_page_of_progress_is_a_piece_of_itself(samaki, client_for, admin):
    export = asked(patient(), admin)
    client = client_for("admin")
    address = reverse("patients:export-detail", args=[export.pk])
    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    piece = client.htmx(address).content.decode()
    assert "<html" not in piece
    assert f"/ {len(list(exported()))}" in piece
