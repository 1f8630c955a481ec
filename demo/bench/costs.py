"""What safety costs: the audit trigger on each write, encryption on each page, proving the chain, a new hospital."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django_tenants.utils import schema_context

from audit import install
from audit.services.chain import seal_pending, verify_chain
from core import crypto
from demo.bench.measuring import host_of, send
from demo.bench.people import cookies_of
from demo.bench.scenarios import Scenario
from hospitals.models import Hospital
from hospitals.services.provisioning import provision, register_hospital

WRITES = 3_000


def creation_seconds() -> float:
    """How long a hospital takes to be made by its migrations; needs the owner's database role."""
    started = time.perf_counter()
    with passing_hospital():
        return time.perf_counter() - started


@contextmanager
def passing_hospital() -> Iterator[str]:
    """A hospital made by its migrations and taken away again; needs the owner's database role."""
    connection.set_schema_to_public()
    schema = f"bench{uuid4().hex[:8]}"
    names = dict.fromkeys(("name_en", "name_km", "name_zh_hans"), "Bench")
    job = register_hospital(
        schema_name=schema, names=names, owner_name="Owner", owner_username="owner", owner_email="owner@bench.example"
    )
    provision(job)
    try:
        yield schema
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        job.delete()
        QuerySet.delete(Hospital.objects.filter(schema_name=schema))  # with its domains; the schema is gone already


def audit_costs() -> tuple[float, float]:
    """Microseconds of one inserted row of ten columns without the trail's trigger and with it; leaves nothing."""
    with schema_context("samaki"), transaction.atomic():
        with connection.cursor() as cursor:
            columns = ", ".join(f"c{place} text" for place in range(10))
            cursor.execute(f"CREATE TABLE bench_write (id uuid PRIMARY KEY, {columns})")
            plain = _time_writes(cursor)
            install._trail(cursor, '"samaki"', "bench_write", "id")
            trailed = _time_writes(cursor)
        transaction.set_rollback(True)
    return plain, trailed


def _time_writes(cursor: Any) -> float:
    statement = f"INSERT INTO bench_write VALUES ({', '.join(['%s'] * 11)})"
    rows = [[uuid4(), *["v1:1:" + "x" * 60] * 10] for _ in range(WRITES)]
    started = time.perf_counter()
    for row in rows:
        cursor.execute(statement, row)
    return (time.perf_counter() - started) / WRITES * 1e6


def verifying_rate(schema: str) -> tuple[int, float]:
    """How many sealed records there are in a hospital's trail, and how many of them are proved in a second."""
    with schema_context(schema):
        while seal_pending(50_000):
            pass
        started = time.perf_counter()
        verdict = verify_chain()
        return verdict.checked, verdict.checked / (time.perf_counter() - started)


def encryption_costs(scenarios: list[Scenario]) -> list[str]:
    """For each page: how many values it opens and how long that takes."""
    lines = []
    for scenario in scenarios:
        client = Client(HTTP_HOST=host_of(scenario))
        client.cookies.load(cookies_of(scenario.schema, scenario.who.split()[0]))
        request = next(scenario.requests)
        send(client, request)
        with _stopwatch() as watch:
            started = time.perf_counter()
            send(client, request)
            total = time.perf_counter() - started
        connection.set_schema_to_public()
        opening, whole = watch["seconds"] * 1000, total * 1000
        lines.append(f"{scenario.name}: {watch['calls']} values opened in {opening:.2f} ms of {whole:.1f} ms")
    return lines


@contextmanager
def _stopwatch() -> Iterator[dict[str, float]]:
    """Count and time decryption in this process while the block runs."""
    watch, real = {"calls": 0, "seconds": 0.0}, crypto.decrypt

    def timed(token: str, *, aad: str) -> bytes:
        started = time.perf_counter()
        try:
            return real(token, aad=aad)
        finally:
            watch["calls"] += 1
            watch["seconds"] += time.perf_counter() - started

    crypto.decrypt = timed
    try:
        yield watch
    finally:
        crypto.decrypt = real
