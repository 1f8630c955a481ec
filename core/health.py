"""Whether this process lives and can serve: asked by proxies and supervisors, on every host, without signing in."""

import threading
import time
from collections.abc import Callable

import celery
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from core import crypto

REMEMBERED_SECONDS = 2.0  # an address that anybody may ask must not become a lever against the database
BROKER_TIMEOUT = 2.0

_state = threading.local()


class NotReady(Exception):
    """Something that this process needs does not answer as it should."""


def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return _json({"status": "ok"}, 200)


def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve: database, cache and broker answer, the public schema is migrated and keys open."""
    at, body, status = getattr(_state, "answer", (0.0, {}, 503))
    if time.monotonic() - at > REMEMBERED_SECONDS:
        body, status = _examine()
        _state.answer = (time.monotonic(), body, status)
    return _json(body, status)


def forget() -> None:
    """Examine again at the next question."""
    _state.__dict__.clear()


def _examine() -> tuple[dict[str, object], int]:
    checks = {name: _outcome(check) for name, check in CHECKS.items()}
    fine = all(outcome == "ok" for outcome in checks.values())
    return {"status": "ok" if fine else "unavailable", "checks": checks}, 200 if fine else 503


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:  # whatever it is, the answer names only what failed: anybody may read it
        return "unavailable"
    return "ok"


def _database() -> None:
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set("health", 1, timeout=5)
    if cache.get("health") != 1:
        raise NotReady("cache")


def _broker() -> None:
    app = celery.current_app
    if app.conf.task_always_eager:
        return
    with app.connection_for_write(transport_options={**app.conf.broker_transport_options, "socket_timeout": 2}) as link:
        link.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT)


def _migrations() -> None:
    if _Migrations.applied:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("migrations")
    _Migrations.applied = True


def _keys() -> None:
    """The platform's own keys open: MASTER_KEY or the key service is the right one. Opened once, they stay open."""
    connection.set_schema_to_public()
    crypto.hospital_keys_open()


class _Migrations:
    applied = False  # once applied they stay so for as long as this code runs


CHECKS = {"database": _database, "migrations": _migrations, "cache": _cache, "broker": _broker, "keys": _keys}


def _json(body: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
