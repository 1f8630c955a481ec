"""Telling the other departments that nothing is left to pay."""

import uuid

from billing.queries.bills import visit_is_settled
from core.events import publish


def announce_if_settled(visit_id: uuid.UUID) -> bool:
    """Publish billing.visit_settled when the visit has no pending charge and no open invoice left."""
    settled = visit_is_settled(visit_id)
    if settled:
        publish("billing.visit_settled", visit_id=visit_id)
    return settled
