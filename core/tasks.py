"""Background work of core: deliveries of events, and tidying up."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import connection, transaction
from django.db.models import F, Q

from core import clock, metrics
from core.db import writing
from core.events import subscribers
from core.models import Delivery, Event, Submission

MAX_ATTEMPTS = 8
CLAIM_LAPSES_AFTER = timedelta(minutes=10)  # longer than any handler runs: then its worker is dead
SWEEP_AT_ONCE = 500
KEEP_SUBMISSIONS = timedelta(days=7)
KEEP_EVENTS = timedelta(days=30)

log = logging.getLogger(__name__)


class UnknownSubscriber(LookupError):
    """The handler of a delivery is not registered (any more)."""


def send_deliveries(deliveries: list[uuid.UUID], *, schema: str) -> None:
    """Hand deliveries to the workers; raises at once when the broker is down."""
    for pk in deliveries:
        deliver.apply_async([str(pk)], headers={"_schema_name": schema}, retry=False)


@shared_task
def deliver(delivery_id: str) -> None:
    """Run one handler, once: whoever fails to claim the delivery has nothing to do."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    event = delivery.event
    with writing.context(actor_id=event.actor_id, request_id=event.request_id, reason=f"event {event.name}"):
        try:
            _handle(delivery)
        except Exception as error:
            _put_back(delivery, error)
        else:
            metrics.DELIVERIES.labels(outcome="done").inc()


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: 10 s, 40 s, 90 s … at most an hour."""
    return min(timedelta(seconds=10 * attempts**2), timedelta(hours=1))


def _claim(delivery_id: str) -> Delivery | None:
    """Take a due delivery by one conditional UPDATE; it is due again when its claim lapses."""
    now = clock.now()
    due = Delivery.objects.filter(pk=delivery_id, status__in=_OPEN, due_at__lte=now)
    claimed = due.update(status=Delivery.Status.CLAIMED, attempts=F("attempts") + 1, due_at=now + CLAIM_LAPSES_AFTER)
    return Delivery.objects.select_related("event").get(pk=delivery_id) if claimed else None


def _handle(delivery: Delivery) -> None:
    event = delivery.event
    handler = subscribers(event.name).get(delivery.subscriber)
    if handler is None:
        raise UnknownSubscriber(delivery.subscriber)
    with transaction.atomic():
        mine = _claimed_by_this_attempt(delivery).select_for_update().first()
        if mine is None:
            return  # the claim lapsed and another worker took over
        handler(**event.payload)
        _claimed_by_this_attempt(delivery).update(status=Delivery.Status.DONE, error="")


def _put_back(delivery: Delivery, error: Exception) -> None:
    # only the kind of the error: its text may quote a patient's data
    log.error("Delivery %s to %s failed: %s", delivery.pk, delivery.subscriber, type(error).__name__)
    is_last = delivery.attempts >= MAX_ATTEMPTS
    metrics.DELIVERIES.labels(outcome="dead" if is_last else "failed").inc()
    wait = back_off(delivery.attempts)
    _claimed_by_this_attempt(delivery).update(
        status=Delivery.Status.DEAD if is_last else Delivery.Status.PENDING,
        due_at=clock.now() + wait,
        error=type(error).__name__[:200],
    )


def _claimed_by_this_attempt(delivery: Delivery) -> Any:
    return Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.CLAIMED, attempts=delivery.attempts)


_OPEN = [Delivery.Status.PENDING, Delivery.Status.CLAIMED]


@shared_task
def sweep_deliveries() -> int:
    """Send what is due and was left behind by a failure, a dead worker or a broker that was down. Returns how many."""
    due = Delivery.objects.filter(status__in=_OPEN, due_at__lte=clock.now()).order_by("due_at")
    left_behind = list(due.values_list("pk", flat=True)[:SWEEP_AT_ONCE])
    send_deliveries(left_behind, schema=connection.schema_name)
    return len(left_behind)


@shared_task
def forget_submissions() -> int:
    """Delete form keys older than a week: no page stays open that long. Returns how many."""
    return Submission.objects.filter(created_at__lt=clock.now() - KEEP_SUBMISSIONS).delete()[0]


@shared_task
def forget_events() -> int:
    """Delete events whose deliveries were all done a month ago; what was given up stays to be looked at."""
    unfinished = Delivery.objects.filter(~Q(status=Delivery.Status.DONE)).values("event")
    old = Event.objects.filter(created_at__lt=clock.now() - KEEP_EVENTS).exclude(pk__in=unfinished)
    return old.delete()[1].get("core.Event", 0)
