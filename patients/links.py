"""Short-lived addresses of files. A link opens for a few minutes, in one hospital, for whoever may see the patient."""

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

SECONDS = 300


def address_of(document_pk: object) -> str:
    """The address of a document, good for five minutes."""
    return reverse("patients:document-file", args=[document_pk, _token(str(document_pk), "document")])


def archive_address(export_pk: object, user_pk: object) -> str:
    """The address of a patient's archive, good for five minutes and for one person."""
    return reverse("patients:export-file", args=[export_pk, _token(f"{export_pk}|{user_pk}", "export")])


def is_open(document_pk: object, token: str) -> bool:
    """Whether this token was made for this document in this hospital within the last minutes."""
    return _is_fresh(str(document_pk), token, "document")


def archive_is_open(export_pk: object, user_pk: object, token: str) -> bool:
    """Whether this token was made for this person and archive in this hospital within the last minutes."""
    return _is_fresh(f"{export_pk}|{user_pk}", token, "export")


def _token(what: str, kind: str) -> str:
    return _signer(kind).sign(what).partition(":")[2]


def _is_fresh(what: str, token: str, kind: str) -> bool:
    try:
        _signer(kind).unsign(f"{what}:{token}", max_age=SECONDS)
    except BadSignature:
        return False
    return True


def _signer(kind: str) -> TimestampSigner:
    return TimestampSigner(salt=f"patients.{kind}|{connection.schema_name}")
