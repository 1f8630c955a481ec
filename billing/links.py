"""Links to one printed receipt, for whoever paid: signed, for one hospital, open for three days without signing in."""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

HOURS = 72


def receipt_path(print_id: UUID | str) -> str:
    """The address of one printing of a receipt on the present hospital's portal."""
    return reverse("billing:receipt-open", args=[_signer().sign(str(print_id))], urlconf="config.urls_portal")


def print_of(token: str) -> UUID | None:
    """The printing a link was made for in this hospital; None when it was not, or too long ago."""
    try:
        return UUID(_signer().unsign(token, max_age=HOURS * 3600))
    except (BadSignature, ValueError):
        return None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"billing.receipt|{connection.schema_name}")
