"""Short-lived addresses of files. A link opens for a few minutes, in one hospital, for whoever may see the patient."""

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

SECONDS = 300


def address_of(document_pk: object) -> str:
    """The address of a document, good for five minutes."""
    token = _signer().sign(str(document_pk)).partition(":")[2]
    return reverse("patients:document-file", args=[document_pk, token])


def is_open(document_pk: object, token: str) -> bool:
    """Whether this token was made for this document in this hospital within the last minutes."""
    try:
        _signer().unsign(f"{document_pk}:{token}", max_age=SECONDS)
    except BadSignature:
        return False
    return True


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"patients.document|{connection.schema_name}")
