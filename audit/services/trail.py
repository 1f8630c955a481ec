"""What the application itself notes: readings of records and events that change no row (sign-ins, exports, prints)."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from core.db import writing
from core.logs import current_request

PATIENT = "patients_patient"


def record_reading(patient_id: UUID | str, page: str) -> None:
    """Note that the present actor has seen a patient's record on ``page`` (a stable name, not an address)."""
    _note("read", PATIENT, str(patient_id), {"page": page})


def record_printing(
    paper: str, *, patient_id: UUID | str = "", subject: str = "", row_id: UUID | str = "", **detail: Any
) -> None:
    """Note that a paper was made: of a patient's record, else of the row ``row_id`` of table ``subject``.

    ``paper`` is a stable name such as the view's ``room:url-name``. Every view that answers with a file calls this or
    ``record_export``; a guard test fails on one that does not.
    """
    if patient_id:
        _note("print", PATIENT, str(patient_id), {"page": paper, **detail})
    else:
        _note("print", subject, str(row_id), {"page": paper, **detail})


def record_export(
    export: str, *, patient_id: UUID | str = "", subject: str = "", row_id: UUID | str = "", **detail: Any
) -> None:
    """Note that data left the house as a file: what it was, of whom, and what was asked for (no personal data)."""
    if patient_id:
        _note("export", PATIENT, str(patient_id), {"page": export, **detail})
    else:
        _note("export", subject, str(row_id), {"page": export, **detail})


def record_event(name: str, subject: str = "", row_id: UUID | str = "", **detail: Any) -> None:
    """Note something that happened without changing a row; ``detail`` must hold no personal data."""
    _note("event", subject, str(row_id), {"event": name, **detail})


def patients_noted() -> frozenset[str]:
    """Whose records the present request has read, printed or taken out so far, by id."""
    return getattr(current_request.get(), "patients_noted", frozenset())


def _note(kind: str, table: str, row_id: str, detail: dict[str, Any]) -> None:
    """One statement, which is its own transaction where none is open: the writer goes along as an argument."""
    request = current_request.get()
    if table == PATIENT and kind != "event" and request is not None:
        request.patients_noted = patients_noted() | {row_id}  # type: ignore[attr-defined]
    schema = connection.ops.quote_name(connection.schema_name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {schema}.audit_note(%s, %s, %s, %s::jsonb, %s::jsonb)",
            [kind, table, row_id, json.dumps(detail), writing.as_json()],
        )
