"""What the application itself notes: readings of records and events that change no row (sign-ins, exports, prints)."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from core.db import writing


def record_reading(patient_id: UUID | str, page: str) -> None:
    """Note that the present actor has seen a patient's record on ``page`` (a stable name, not an address)."""
    _note("read", "patients_patient", str(patient_id), {"page": page})


def record_event(name: str, subject: str = "", row_id: UUID | str = "", **detail: Any) -> None:
    """Note something that happened without changing a row; ``detail`` must hold no personal data."""
    _note("event", subject, str(row_id), {"event": name, **detail})


def _note(kind: str, table: str, row_id: str, detail: dict[str, Any]) -> None:
    """One statement, which is its own transaction where none is open: the writer goes along as an argument."""
    schema = connection.ops.quote_name(connection.schema_name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {schema}.audit_note(%s, %s, %s, %s::jsonb, %s::jsonb)",
            [kind, table, row_id, json.dumps(detail), writing.as_json()],
        )
