"""Mails of this room to patients."""

from typing import Any
from uuid import UUID

from billing.mails import patient_to_write_to
from gateways.links import pay_path
from gateways.models import Checkout
from notifications import mails
from notifications.addresses import absolute, hospital_name

PAYMENT_LINK = "payment_link"


def payment_link(recipient: mails.Recipient, *, checkout_id: str) -> dict[str, Any]:
    """The link is made here, in the worker; of what was done for the patient it says nothing."""
    checkout = Checkout.objects.get(pk=UUID(checkout_id))
    return {
        "link": absolute(pay_path(checkout.pk)),
        "amount": checkout.money,
        "until": checkout.expires_at,
        "hospital": hospital_name(),
    }


mails.declare(PAYMENT_LINK, context=payment_link, recipient=patient_to_write_to)
