"""The whole way of an event: commit, broker, a real worker, the right hospital."""

import time
import uuid

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import schema_context

from config.celery import app
from core import events
from core.events import publish, subscribe
from core.models import Counter, Delivery
from core.numbering import next_number

NAME = "tests.order_released"


@pytest.fixture
def worker(committed_db):
    """One worker thread on the suite's broker, with a queue of its own."""
    before = {name: app.conf[name] for name in ("task_always_eager", "task_default_queue", "broker_url")}
    app.conf.update(task_always_eager=False, task_default_queue=f"tests-{uuid.uuid4()}")
    app.conf.broker_url = settings.CELERY_BROKER_URL
    app.set_current()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30) as running:
        yield running
    app.conf.update(before)


def wait_until(done):
    until = time.monotonic() + 20
    while not done():
        assert time.monotonic() < until, "the worker did not deliver"
        time.sleep(0.05)


def test_a_worker_delivers_once_and_in_the_hospital_of_the_event(worker, monkeypatch):
    monkeypatch.setattr(events, "_subscribers", {})
    heard = []

    @subscribe(NAME)
    def listen(**ids):
        next_number("heard")
        heard.append((connection.schema_name, ids))

    for schema in ("samaki", "royal"):
        with schema_context(schema), transaction.atomic():
            publish(NAME, order_id=schema)

    def all_done():
        with schema_context("samaki"):
            ours = Delivery.objects.filter(status="done").count()
        with schema_context("royal"):
            return ours + Delivery.objects.filter(status="done").count() == 2

    wait_until(all_done)
    assert sorted(heard) == [("royal", {"order_id": "royal"}), ("samaki", {"order_id": "samaki"})]
    for schema in ("samaki", "royal"):
        with schema_context(schema):
            assert Counter.objects.get(key="heard").value == 1
