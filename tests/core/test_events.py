import contextlib
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from core import clock, events, tasks
from core.db import writing
from core.events import publish, subscribe
from core.models import Delivery, Event
from core.numbering import next_number
from core.tasks import deliver, forget_events, sweep_deliveries

NAME = "tests.order_released"


@pytest.fixture
def heard(monkeypatch):
    """What the subscriber heard; nobody else subscribes to the tests' event."""
    monkeypatch.setattr(events, "_subscribers", {})
    heard = []

    @subscribe(NAME)
    def listen(**ids):
        heard.append(ids)

    return heard


@pytest.fixture
def failing(monkeypatch):
    """A subscriber that raises as long as the list is not empty."""
    monkeypatch.setattr(events, "_subscribers", {})
    failures = [True]

    @subscribe(NAME)
    def stumble(**ids):
        next_number("heard")
        if failures:
            raise ValueError("Sok Dara, 012 345 678")
        next_number("heard")

    return failures


def only_delivery():
    return Delivery.objects.get()


def heard_so_often():
    from core.models import Counter

    return Counter.objects.filter(key="heard").values_list("value", flat=True).first() or 0


def test_a_subscriber_hears_after_the_commit(samaki, heard, after_commit):
    order = uuid.uuid4()
    with after_commit():
        publish(NAME, order_id=order, count=2)
        assert heard == []
    assert heard == [{"order_id": str(order), "count": 2}]
    assert only_delivery().status == "done"


def test_each_subscriber_gets_its_own_delivery(samaki, heard, after_commit):
    also = []
    subscribe(NAME)(lambda **ids: also.append(ids))
    with after_commit():
        publish(NAME, order_id=7)
    assert heard == also == [{"order_id": 7}]
    assert Delivery.objects.filter(status="done").count() == 2
    assert Event.objects.count() == 1


def test_what_is_rolled_back_was_never_told(samaki, heard, after_commit):
    with after_commit(), contextlib.suppress(KeyError), transaction.atomic():
        publish(NAME, order_id=7)
        raise KeyError
    assert heard == []
    assert not Event.objects.exists()


def test_an_event_nobody_waits_for_leaves_no_row(samaki, heard):
    publish("tests.nobody_listens", order_id=7)
    assert not Event.objects.exists()


def test_a_delivery_acts_once_however_often_its_task_runs(samaki, heard, after_commit):
    with after_commit():
        publish(NAME, order_id=7)
    for _ in range(3):
        deliver(str(only_delivery().pk))
    assert len(heard) == 1


def test_the_handler_runs_in_the_hospital_of_the_event(samaki, royal, monkeypatch, after_commit):
    monkeypatch.setattr(events, "_subscribers", {})
    schemas = []
    subscribe(NAME)(lambda **ids: schemas.append(connection.schema_name))
    with after_commit():
        publish(NAME, order_id=7)
        connection.set_schema_to_public()
    connection.set_tenant(samaki)
    assert schemas == ["samaki"]
    with tenant_context(royal):
        assert not Event.objects.exists()


def test_the_trail_names_whose_act_the_handler_follows(samaki, monkeypatch, after_commit):
    monkeypatch.setattr(events, "_subscribers", {})
    writers = []
    subscribe(NAME)(lambda **ids: writers.append(writing.current()))
    with after_commit(), writing.context(actor_id="17", actor="sok", request_id="abc12345"):
        publish(NAME, order_id=7)
    (writer,) = writers
    assert (writer["actor_id"], writer["request_id"]) == ("17", "abc12345")
    assert writer["reason"] == f"event {NAME}"


def test_a_failure_is_rolled_back_and_tried_again_later(samaki, failing, after_commit):
    with clock.freeze("2026-11-21T11:00") as frozen:
        with after_commit():
            publish(NAME, order_id=7)
        delivery = only_delivery()
        assert (delivery.status, delivery.attempts, heard_so_often()) == ("pending", 1, 0)
        assert delivery.due_at == clock.now() + timedelta(seconds=10)
        assert sweep_deliveries() == 0, "not before it is due"
        failing.clear()
        frozen.advance(seconds=10)
        assert sweep_deliveries() == 1
    assert (only_delivery().status, heard_so_often()) == ("done", 2)


def test_a_failure_keeps_its_kind_and_not_its_text(samaki, failing, after_commit, caplog):
    with after_commit():
        publish(NAME, order_id=7)
    assert only_delivery().error == "ValueError"
    assert "Dara" not in caplog.text
    assert "ValueError" in caplog.text


def test_what_fails_for_good_is_given_up_and_kept(samaki, failing, after_commit):
    with clock.freeze("2026-11-21T11:00") as frozen:
        with after_commit():
            publish(NAME, order_id=7)
        for _ in range(20):
            frozen.advance(hours=1)
            sweep_deliveries()
    delivery = only_delivery()
    assert (delivery.status, delivery.attempts) == ("dead", tasks.MAX_ATTEMPTS)
    assert heard_so_often() == 0


def test_waiting_grows_up_to_an_hour():
    waits = [tasks.back_off(attempts) for attempts in range(1, 30)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=10), timedelta(hours=1))


def test_a_claim_of_a_dead_worker_lapses(samaki, heard):
    with clock.freeze("2026-11-21T11:00") as frozen:
        publish(NAME, order_id=7)
        claimed = tasks._claim(str(only_delivery().pk))
        assert claimed.attempts == 1
        assert sweep_deliveries() == 0, "the worker may still be at it"
        frozen.advance(minutes=11)
        assert sweep_deliveries() == 1
        assert heard == [{"order_id": 7}]
        tasks._handle(claimed)
        assert len(heard) == 1, "the first worker wakes up again and finds its claim lapsed"


def test_a_broker_that_is_down_does_not_undo_the_act(samaki, heard, after_commit, settings, monkeypatch):
    def down(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(deliver, "apply_async", down)
    with after_commit():
        publish(NAME, order_id=7)
    assert heard == []
    monkeypatch.undo()
    events._subscribers.setdefault(NAME, {})[only_delivery().subscriber] = lambda **ids: heard.append(ids)
    assert sweep_deliveries() == 1
    assert heard == [{"order_id": 7}]


def test_a_delivery_without_a_handler_is_not_lost(samaki, heard, after_commit):
    publish(NAME, order_id=7)
    events._subscribers.clear()
    deliver(str(only_delivery().pk))
    assert (only_delivery().status, only_delivery().error) == ("pending", "UnknownSubscriber")


@pytest.mark.parametrize("value", ["Sok Dara", "សុខ", "x" * 65, 1.5, None, True, ["a"], {"name": "Sok"}])
def test_an_event_carries_ids_only(samaki, heard, value):
    with pytest.raises(ValueError, match="ids"):
        publish(NAME, patient=value)


def test_an_event_is_published_inside_the_transaction_of_the_act(committed_db, heard):
    with pytest.raises(RuntimeError, match="transaction"):
        publish(NAME, order_id=7)


@pytest.mark.parametrize("name", ["released", "Laboratory.Order", "laboratory.order released"])
def test_an_events_name_tells_room_and_what_happened(name):
    with pytest.raises(ValueError, match="form"):
        subscribe(name)


def test_old_events_are_forgotten_when_all_was_delivered(samaki, heard, after_commit):
    with clock.freeze("2026-10-01T08:00") as frozen:
        with after_commit():
            publish(NAME, order_id=1)
        publish(NAME, order_id=2)
        frozen.advance(days=31)
        with after_commit():
            publish(NAME, order_id=3)
        assert forget_events() == 1
    assert [event.payload["order_id"] for event in Event.objects.order_by("id")] == [2, 3]


def test_eight_workers_on_one_delivery_act_once(committed_db, race, monkeypatch):
    monkeypatch.setattr(events, "_subscribers", {})
    subscribe(NAME)(lambda **ids: next_number("heard"))
    monkeypatch.setattr(deliver, "apply_async", lambda *args, **kwargs: None)
    with transaction.atomic():
        publish(NAME, order_id=7)
    pk = str(only_delivery().pk)
    outcome = race(lambda: deliver(pk), times=8)
    assert outcome.errors == []
    assert (heard_so_often(), only_delivery().status, only_delivery().attempts) == (1, "done", 1)
