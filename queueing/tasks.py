"""Jobs of the queueing room; beat starts them in every open hospital."""

from celery import shared_task

from queueing.services import tickets


@shared_task
def expire_tickets() -> int:
    """After the hospital's midnight: tickets of earlier days end. Safe to run at any time and as often as wanted."""
    return tickets.expire_tickets()
