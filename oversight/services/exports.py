"""Taking part of the trail out of the house: for a reason, recorded, as a table that no spreadsheet executes."""

import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.models import Record
from core.tables import csv_table
from oversight.errors import ReasonMissing, TooManyRows
from oversight.models import TrailExport
from oversight.queries.trail import TrailFilter, pieces, records
from oversight.words import event_in_words, page_in_words, table_in_words

MOST_ROWS = 50_000
SHORTEST_REASON = 10
COLUMNS = (
    "number",
    "time",
    "person",
    "role",
    "kind",
    "table",
    "record",
    "what",
    "reason",
    "address",
    "page",
    "request",
)


@transaction.atomic
def export_trail(*, asked: TrailFilter, reason: str, by: User) -> TrailExport:
    """Note who takes what and why. Raises ReasonMissing, or TooManyRows instead of leaving rows out."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    rows = records(asked)[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    return TrailExport.objects.create(
        filters=asked.asked, reason=reason.strip()[:500], rows=rows, by_id=by.pk, by_name=str(by)
    )


def trail_table(export: TrailExport) -> bytes:
    """The records as they were when the export was asked for, newest first, as UTF-8 with a mark for spreadsheets."""
    found = records(filter_of(export.filters)).filter(at__lte=export.created_at)
    return csv_table(COLUMNS, (_row(record) for rows in pieces(found) for record in rows))


def filter_of(filters: dict[str, str]) -> TrailFilter:
    dates = {name: datetime.date.fromisoformat(filters[name]) for name in ("since", "until") if filters.get(name)}
    return TrailFilter(**{**filters, **dates})  # type: ignore[arg-type]


def what_of(record: Record) -> str:
    """The page or event of a record that changed no row; of one that did, the fields that changed."""
    after = record.after or {}
    if record.kind == "event":
        return event_in_words(str(after.get("event", "")))
    if record.kind in {"read", "print", "export"}:
        return page_in_words(str(after.get("page", "")))
    return ", ".join(sorted({*(record.before or {}), *after})) if record.kind == "update" else ""


def _row(record: Record) -> list[Any]:
    return [
        record.pk,
        record.at.isoformat(timespec="milliseconds"),
        record.actor,
        record.role,
        record.kind,
        table_in_words(record.table_name),
        record.row_id,
        what_of(record),
        record.reason,
        record.address,
        record.path,
        record.request_id,
    ]
