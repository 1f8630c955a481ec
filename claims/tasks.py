"""Jobs of this room."""

from uuid import UUID

from celery import shared_task

from claims.services import interface

TRIES = 6


class InterfaceAway(Exception):
    """The payer's interface did not answer; the job is tried again."""


@shared_task(bind=True, max_retries=TRIES)
def send_batch(self, batch_id: str) -> None:
    """Bring a batch to its payer's interface, again with growing pauses (30 s to 1 h) while it is away."""
    if not interface.send_batch(UUID(batch_id)):
        return
    if self.request.retries >= TRIES:
        interface.give_up(UUID(batch_id))
        return
    raise self.retry(exc=InterfaceAway(), countdown=min(30 * 2**self.request.retries, 3600))
