"""States of what a gateway is asked to collect, and the moves between them."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class RequestStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("gateway", "Waiting for the payer")
    PAID = "paid", pgettext_lazy("gateway", "Paid")
    HELD = "held", pgettext_lazy("gateway", "Held as a deposit")
    DISPUTED = "disputed", pgettext_lazy("gateway", "To be looked at")
    EXPIRED = "expired", pgettext_lazy("gateway", "Expired")
    CANCELLED = "cancelled", pgettext_lazy("gateway", "Cancelled")


UNPAID = (RequestStatus.WAITING, RequestStatus.EXPIRED, RequestStatus.CANCELLED)

# Who pays at the last moment, or after the cashier gave up, has paid all the same.
REQUEST_FLOW = Flow(
    field="status",
    moves={
        "pay": Move(set(UNPAID), RequestStatus.PAID),
        "hold": Move({*UNPAID, RequestStatus.DISPUTED}, RequestStatus.HELD),
        "dispute": Move(set(UNPAID), RequestStatus.DISPUTED),
        "dismiss": Move({RequestStatus.DISPUTED}, RequestStatus.CANCELLED),
        "expire": Move({RequestStatus.WAITING}, RequestStatus.EXPIRED),
        "cancel": Move({RequestStatus.WAITING}, RequestStatus.CANCELLED),
    },
)
