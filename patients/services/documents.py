"""Photos and papers of a patient."""

from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from core import clock
from core.ids import new_id
from core.uploads import Upload, clean_paper, clean_picture
from patients.consents import may_keep_photo
from patients.errors import ConsentWithheld, DocumentGone
from patients.models import Patient, PatientDocument
from patients.states import DocumentKind

PHOTO_PIXELS = 480


@transaction.atomic
def set_photo(*, patient: Patient, file: BinaryIO, by: User) -> PatientDocument:
    """Make a picture the patient's photo; the former one leaves the record.

    Raises core.uploads.UploadRefused, and ConsentWithheld where the patient wants no photo.
    """
    upload = clean_picture(file, square=PHOTO_PIXELS)
    locked = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if not (answer := may_keep_photo(locked)):
        raise ConsentWithheld(answer.why, field="file")
    drop_photo(patient=locked, by=by)
    photo = _keep(locked, DocumentKind.PHOTO, "", upload, by)
    Patient.objects.filter(pk=locked.pk).update(photo=photo)
    return photo


@transaction.atomic
def drop_photo(*, patient: Patient, by: User) -> None:
    """Take the photo from the record, where there is one; the caller has locked the patient."""
    Patient.objects.filter(pk=patient.pk).update(photo=None)
    patient.documents.filter(kind=DocumentKind.PHOTO, removed_at=None).update(removed_at=clock.now(), removed_by=by)


@transaction.atomic
def add_document(*, patient: Patient, kind: str, title: str, file: BinaryIO, by: User) -> PatientDocument:
    """Keep a scanned or photographed paper. Raises core.uploads.UploadRefused."""
    return _keep(patient, kind, title, clean_paper(file), by)


@transaction.atomic
def remove_document(*, document: PatientDocument, reason: str, by: User) -> PatientDocument:
    """Take a file from the record; the file itself stays as long as records must. Raises DocumentGone."""
    locked = PatientDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if locked.removed_at:
        raise DocumentGone()
    locked.removed_at, locked.removed_by, locked.removed_reason = clock.now(), by, reason
    locked.save()
    Patient.objects.filter(photo=locked).update(photo=None)
    return locked


def _keep(patient: Patient, kind: str, title: str, upload: Upload, by: User) -> PatientDocument:
    pk = new_id()
    document = PatientDocument.objects.create(
        id=pk,
        patient=patient,
        kind=kind,
        title=title,
        name=f"patients/{pk.hex[-2:]}/{pk.hex}",
        content_type=upload.content_type,
        size=len(upload.content),
        added_by=by,
    )
    default_storage.save(document.name, ContentFile(upload.content))
    return document
