"""Events: told in the transaction in which they happen, heard after it is committed, once per subscriber.

    @subscribe("laboratory.order_released")
    def notify_doctor(*, order_id: str, **ids) -> None: ...

    publish("laboratory.order_released", order_id=order.pk)

A handler runs in a Celery task in the hospital's schema, inside the transaction that marks its delivery as done: it
acts once, however often the task is started. It gets ids as text (whole numbers as int) and looks up the rest itself.
"""

import re
import uuid
from collections.abc import Callable

from django.db import connection, transaction

from core.db import writing
from core.models import Delivery, Event

Handler = Callable[..., None]

_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_SHORT_CODE = re.compile(r"[\w.:-]{0,64}", re.ASCII)
_subscribers: dict[str, dict[str, Handler]] = {}


def subscribe(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for an event; the room's AppConfig.ready() imports the module (``subscribers.py``)."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is not of the form app.noun_participle")

    def register(handler: Handler) -> Handler:
        subscriber = f"{handler.__module__}.{handler.__qualname__}"
        _subscribers.setdefault(name, {})[subscriber] = handler
        return handler

    return register


def subscribers(name: str) -> dict[str, Handler]:
    """Return the handlers of an event by their full name."""
    return dict(_subscribers.get(name, {}))


def publish(name: str, **ids: uuid.UUID | int | str) -> None:
    """Write the event and one delivery for each subscriber into the caller's transaction.

    Values are ids or short codes, never personal data. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{name} is published inside the transaction in which it happens")
    payload = {key: _plain(key, value) for key, value in ids.items()}
    handlers = subscribers(name)
    if not handlers:
        return
    writer = writing.current()
    event = Event.objects.create(
        name=name,
        payload=payload,
        actor_id=writer.get("actor_id", ""),
        request_id=writer.get("request_id", ""),
    )
    deliveries = Delivery.objects.bulk_create(Delivery(event=event, subscriber=one) for one in handlers)
    _deliver_after_commit([delivery.pk for delivery in deliveries])


def _plain(key: str, value: uuid.UUID | int | str) -> int | str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _SHORT_CODE.fullmatch(value):
        return str(value)
    raise ValueError(f"{key}: an event carries ids and short codes only")


def _deliver_after_commit(deliveries: list[uuid.UUID]) -> None:
    from core.tasks import send_deliveries

    schema = connection.schema_name
    # robust: the act is committed; a broker that is down must not turn it into an error page. The sweep sends later.
    transaction.on_commit(lambda: send_deliveries(deliveries, schema=schema), robust=True)
