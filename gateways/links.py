"""Addresses of ours for whoever pays by a link: signed, for one hospital, open for some days without signing in."""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.db import connection
from django.urls import reverse

HOURS = 72  # longer than any page of Stripe's is open: whoever paid may look once more


def pay_path(pk: UUID) -> str:
    """What is mailed: leads to Stripe's page while that is open."""
    return reverse("gateways:link-open", args=[_signer().sign(str(pk))], urlconf="config.urls_portal")


def state_path(pk: UUID) -> str:
    """Where Stripe leads back to: whether the payment has come."""
    return reverse("gateways:link-state", args=[_signer().sign(str(pk))], urlconf="config.urls_portal")


def checkout_of(token: str) -> UUID | None:
    """The payment link an address was made for in this hospital; None when it was not, or too long ago."""
    try:
        return UUID(_signer().unsign(token, max_age=HOURS * 3600))
    except (BadSignature, ValueError):
        return None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"gateways.checkout|{connection.schema_name}")
