"""Photos and papers: encrypted at rest, shown for minutes to those who may see the patient, removed with a reason."""

import io
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django_tenants.utils import schema_context
from PIL import Image

from audit.models import Record
from core import crypto, rotation
from core.crypto import TamperedCiphertext
from patients.errors import DocumentGone
from patients.links import SECONDS, address_of
from patients.models import ExportFile, Patient, PatientDocument
from patients.services.documents import add_document, remove_document, set_photo
from tests.factories.patients import patient

pytestmark = pytest.mark.django_db


def picture(color: str = "teal") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), color).save(out, "PNG")
    return io.BytesIO(out.getvalue())


def sent(content: bytes | None = None, name: str = "scan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture().getvalue(), content_type="image/png")


def on_disk(document: PatientDocument) -> Path:
    return Path(default_storage.path(document.name))


def test_a_photo_is_taken_shown_and_replaced(client_for, receptionist):
    person, desk = patient(), client_for("receptionist")
    address = reverse("patients:photo-change", args=[person.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"_once": str(uuid4()), "file": sent()}).status_code == 302
    person.refresh_from_db()
    first = person.photo
    page = desk.get(f"/patients/{person.pk}/").content.decode()
    assert address_of(first.pk).rsplit("/", 2)[0] in page
    shown = desk.get(address_of(first.pk))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(shown.content)).size == (480, 480)
    set_photo(patient=person, file=picture("red"), by=receptionist)
    person.refresh_from_db()
    assert person.photo != first
    assert desk.get(address_of(first.pk)).status_code == 404


def test_only_one_photo_stands_whatever_writes(receptionist):
    person = patient()
    photo = set_photo(patient=person, file=picture(), by=receptionist)
    with pytest.raises(IntegrityError), transaction.atomic():
        PatientDocument.objects.create(
            patient=person, kind="photo", name="x", content_type="image/jpeg", size=1, added_by=receptionist
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PatientDocument.objects.filter(pk=photo.pk).update(content_type="text/html")


def test_a_file_lies_encrypted_and_bound_to_its_name_and_hospital(receptionist, royal):
    document = add_document(
        patient=patient(), kind="referral", title="From the province", file=picture(), by=receptionist
    )
    raw = on_disk(document).read_bytes()
    assert raw.startswith(b"v1:1:")
    assert b"JFIF" not in raw
    assert on_disk(document).stat().st_mode & 0o077 == 0
    with default_storage.open(document.name) as file:
        assert file.read().startswith(b"\xff\xd8")
    moved = on_disk(document).with_name("elsewhere")
    moved.write_bytes(raw)
    with pytest.raises(TamperedCiphertext):
        default_storage.open(f"{Path(document.name).parent}/elsewhere")
    with schema_context(royal.schema_name):
        theirs = Path(default_storage.path(document.name))
        theirs.parent.mkdir(parents=True)
        theirs.write_bytes(raw)
        with pytest.raises(TamperedCiphertext):
            default_storage.open(document.name)


def test_files_are_renewed_with_a_new_key(receptionist):
    document = add_document(patient=patient(), kind="other", title="", file=picture(), by=receptionist)
    with default_storage.open(document.name) as file:
        before = file.read()
    crypto.rotate_hospital_key()
    assert not default_storage.is_current(document.name)
    assert rotation.models_of_files() == [ExportFile, PatientDocument]
    assert rotation.renew_files(PatientDocument) == 1
    assert rotation.renew_files(PatientDocument) == 0
    assert on_disk(document).read_bytes().startswith(b"v1:2:")
    with default_storage.open(document.name) as file:
        assert file.read() == before


def test_a_link_lives_five_minutes_and_opens_for_who_may_only(client_for, receptionist, royal, monkeypatch):
    document = add_document(patient=patient(), kind="result", title="X-ray", file=picture(), by=receptionist)
    desk, link = client_for("receptionist"), address_of(document.pk)
    shown = desk.get(reverse("patients:document-show", args=[document.pk]))
    assert (shown.status_code, shown["Location"].rsplit("/", 2)[0]) == (302, link.rsplit("/", 2)[0])
    assert desk.get(link)["Cache-Control"] == "private, no-store"
    assert Record.objects.filter(kind="read", row_id=str(document.patient_id), after__page="document").exists()
    assert client_for("cashier").get(link).status_code == 404  # no papers at the till
    assert desk.get(link[:-3] + "xx/").status_code == 404
    with schema_context(royal.schema_name):
        foreign = address_of(document.pk)
    assert desk.get(foreign).status_code == 404
    later = time.time() + SECONDS + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert desk.get(link).status_code == 404


def test_a_restricted_patients_files_do_not_exist_for_others(client_for, receptionist):
    person = patient(confidentiality="restricted")
    photo = set_photo(patient=person, file=picture(), by=receptionist)
    assert client_for("cashier").get(address_of(photo.pk)).status_code == 404


def test_what_is_no_picture_is_refused_beside_the_field_and_nothing_is_kept(client_for):
    person, desk = patient(), client_for("receptionist")
    address = reverse("patients:document-new", args=[person.pk])
    answer = desk.post(
        address, {"_once": str(uuid4()), "kind": "other", "title": "x", "file": sent(b"<svg onload=alert(1)>", "a.png")}
    )
    assert answer.status_code == 422
    assert "Choose a JPEG, PNG or WebP picture, or a PDF." in answer.content.decode()
    assert desk.post(address, {"_once": str(uuid4()), "kind": "photo", "file": sent()}).status_code == 422
    assert not PatientDocument.objects.exists()


def test_a_paper_is_removed_once_with_a_reason_and_its_file_stays(client_for, receptionist, doctor):
    document = add_document(patient=patient(), kind="consent", title="", file=picture(), by=receptionist)
    address = reverse("patients:document-remove", args=[document.pk])
    assert client_for("receptionist").get(address).status_code == 403
    client = client_for("doctor")
    assert client.get(address).status_code == 200
    assert client.post(address, {"_once": str(uuid4()), "reason": ""}).status_code == 422
    assert client.post(address, {"_once": str(uuid4()), "reason": "Another patient's"}).status_code == 302
    document.refresh_from_db()
    assert (document.removed_by, document.removed_reason) == (doctor, "Another patient's")
    assert on_disk(document).exists()
    assert client.get(address_of(document.pk)).status_code == 404
    with pytest.raises(DocumentGone):
        remove_document(document=document, reason="again", by=doctor)


def test_the_chart_lists_papers_with_two_statements_however_many(client_for, receptionist, query_count):
    person, desk = patient(), client_for("receptionist")
    desk.get(f"/patients/{person.pk}/")

    def cost() -> int:
        with query_count() as counted:
            desk.get(f"/patients/{person.pk}/")
        return counted.count

    add_document(patient=person, kind="other", title="one", file=picture(), by=receptionist)
    one = cost()
    for title in ("two", "three"):
        add_document(patient=person, kind="other", title=title, file=picture(), by=receptionist)
    assert cost() == one
    assert Patient.objects.get(pk=person.pk).documents.count() == 3
