"""Links to one printed paper, for whoever paid: signed, for one hospital, open for three days without signing in."""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

HOURS = 72


def paper_path(word: str, print_id: UUID | str) -> str:
    """The address of one printing of a kind of paper (billing.papers) on the present hospital's portal."""
    token = _signer(word).sign(str(print_id))
    return reverse(f"billing:{word}-open", args=[token], urlconf="config.urls_portal")


def print_of(word: str, token: str) -> UUID | None:
    """The printing a link was made for in this hospital; None when it was not, or too long ago."""
    try:
        return UUID(_signer(word).unsign(token, max_age=HOURS * 3600))
    except (BadSignature, ValueError):
        return None


def _signer(word: str) -> TimestampSigner:
    return TimestampSigner(salt=f"billing.{word}|{connection.schema_name}")
