"""What the application itself notes: readings of records and events that change no row (sign-ins, exports, prints)."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from core.db import writing


def record_reading(patient_id: UUID | str, page: str) -> None:
    """Note that the present actor has seen a patient's record on ``page`` (a stable name, not an address)."""
    _note("read", "patients_patient", str(patient_id), {"page": page})


def record_printing(
    paper: str, *, patient_id: UUID | str = "", subject: str = "", row_id: UUID | str = "", **detail: Any
) -> None:
    """Note that a paper was made: of a patient's record, else of the row ``row_id`` of table ``subject``.

    ``paper`` is a stable name such as the view's ``room:url-name``. Every view that answers with a file calls this or
    ``record_export``; a guard test fails on one that does not.
    """
    if patient_id:
        _note("print", "patients_patient", str(patient_id), {"page": paper, **detail})
    else:
        _note("print", subject, str(row_id), {"page": paper, **detail})


def record_export(
    export: str, *, patient_id: UUID | str = "", subject: str = "", row_id: UUID | str = "", **detail: Any
) -> None:
    """Note that data left the house as a file: what it was, of whom, and what was asked for (no personal data)."""
    if patient_id:
        _note("export", "patients_patient", str(patient_id), {"page": export, **detail})
    else:
        _note("export", subject, str(row_id), {"page": export, **detail})


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
