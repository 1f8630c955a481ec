"""The trail at size: how fast it is sealed and proved, and how long a page of it takes."""

import hashlib
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django_tenants.utils import schema_context

from audit.models import Record, Seal
from audit.services.chain import seal_pending, verify_chain
from core import clock
from demo.bench.costs import passing_hospital
from oversight.queries.readers import readers_of, readings_of
from oversight.queries.trail import TrailFilter, behind, records

ROWS_OF_A_PAGE = 51
TURNS = 15
# A year of a hospital from now on, for numbers and times of records rise together: half of it readings, the rest writes
# of four tables, papers and events, by the staff in turn.
_GENERATE = """
    INSERT INTO audit_record (txid, at, kind, table_name, row_id, before, after, actor_id, actor, role, reason,
        request_id, address, path, branch, database_user)
    SELECT i, now() + make_interval(secs => i * 31536000.0 / %(n)s),
        (ARRAY['read','read','read','read','read','insert','insert','update','print','event'])[1 + i %% 10],
        (ARRAY['patients_patient','patients_patient','patients_patient','patients_patient','patients_patient',
               'billing_charge','laboratory_result','queueing_ticket','patients_patient','accounts_user'])[1 + i %% 10],
        CASE WHEN i %% 10 IN (0,1,2,3,4,8)
             THEN md5('patient' || i %% 100003 * 7919 %% 20000)::uuid::text
             ELSE md5(i::text)::uuid::text END,
        CASE WHEN i %% 10 = 7 THEN '{"status": "waiting"}'::jsonb END,
        CASE i %% 10 WHEN 9 THEN '{"event": "signed_in"}'::jsonb WHEN 8 THEN '{"page": "patients:patient-card"}'::jsonb
             WHEN 7 THEN '{"status": "called"}'::jsonb WHEN 5 THEN jsonb_build_object('id', i, 'text', repeat('x', 200))
             WHEN 6 THEN jsonb_build_object('id', i, 'text', repeat('x', 200)) ELSE '{"page": "chart"}'::jsonb END,
        md5('person' || i %% 60)::uuid::text, 'somebody',
        (ARRAY['doctor','nurse','cashier','receptionist','labtech'])[1 + i %% 5], '', md5(i::text),
        '10.0.' || i %% 7 || '.' || i %% 200, 'GET /patients/', '', 'ihospita_app'
    FROM generate_series(1, %(n)s) i
"""


def trail_figures(rows: int) -> list[str]:
    """Lines of a table, measured in a hospital made for it and taken away again; needs the owner's database role."""
    with passing_hospital() as schema, schema_context(schema):
        return _figures(rows)


def _figures(rows: int) -> list[str]:
    _seal_all()
    with connection.cursor() as cursor:
        cursor.execute(_GENERATE, {"n": rows})
        sealing = _seconds(_seal_all)
        cursor.execute("ANALYZE audit_record, audit_seal")
    _seal_all()
    idle = _seconds(lambda: seal_pending(1))
    proving = time.perf_counter()
    verdict = verify_chain()
    proving = time.perf_counter() - proving
    return [
        f"sealing: {rows / sealing:,.0f} records a second; a run that finds nothing {idle * 1000:.1f} ms",
        f"proving: {verdict.checked:,} records in {proving:.1f} s, {verdict.checked / proving:,.0f} a second"
        f"{'' if verdict.intact else ', BROKEN'}",
        *_pages(_one("person", 0), _one("patient", 0)),
    ]


def _one(what: str, number: int) -> str:
    """The id that the generated records give to a person or patient."""
    return str(UUID(hashlib.md5(f"{what}{number}".encode(), usedforsecurity=False).hexdigest()))


def _pages(person: str, patient: str) -> list[str]:
    today = clock.today()
    middle = Record.objects.order_by("at").filter(at__gte=clock.now() + timedelta(days=180)).first()
    place = (middle.at, middle.pk) if middle else None
    asked: dict[str, Callable[[], Any]] = {
        "newest": lambda: _page(TrailFilter()),
        "half a million records back": lambda: _page(TrailFilter(), place),
        "one person": lambda: _page(TrailFilter(who=person)),
        "one person's prints": lambda: _page(TrailFilter(who=person, kind="print")),
        "one role": lambda: _page(TrailFilter(role="nurse")),
        "kind and month": lambda: _page(
            TrailFilter(kind="update", since=today + timedelta(days=170), until=today + timedelta(days=200))
        ),
        "sign-ins": lambda: _page(TrailFilter(kind="sign_in")),
        "what was never done": lambda: _page(TrailFilter(kind="delete", table="billing_payment")),
        "one record": lambda: _page(TrailFilter(record=patient)),
        "one address": lambda: _page(TrailFilter(address="10.0.3.17")),
        "one request": lambda: _page(TrailFilter(request_id="0")),
        "readings of one patient": lambda: list(readings_of(UUID(patient))[:ROWS_OF_A_PAGE]),
        "who looked at one patient": lambda: readers_of(UUID(patient)),
    }
    return [f"page, {name}: p50 {p50:.1f} ms, worst {worst:.1f} ms" for name, (p50, worst) in
            ((name, _times(ask)) for name, ask in asked.items())]  # fmt: skip


def _page(asked: TrailFilter, place: Any = None) -> list[Record]:
    return list(behind(records(asked), place)[:ROWS_OF_A_PAGE])


def _times(ask: Callable[[], Any]) -> tuple[float, float]:
    found = [_seconds(ask) * 1000 for _turn in range(TURNS)]
    return statistics.median(found), max(found)


def _seconds(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _seal_all() -> None:
    """Seal everything, also where another sealer is at work and takes a turn."""
    while seal_pending(50_000) or Seal.objects.count() < Record.objects.count():
        pass
