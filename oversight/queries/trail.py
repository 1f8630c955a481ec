"""Reads of the trail: filtered, newest first, page by page without counting, quick at millions of records."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from audit.models import Kind, Record
from core import clock
from oversight.queries.visits import UNDER_VISIT
from oversight.words import tables_of

SIGN_IN = (
    Q(event__startswith="sign")
    | Q(event__startswith="sso")
    | Q(event__startswith="session")
    | Q(event__startswith="password")
    | Q(event__startswith="second_factor")
)
REFUSED = Q(event__endswith="_refused") | Q(event="sign_in_slowed")
PERMISSION_TABLES = ("accounts_role", "accounts_assignment", "accounts_user_user_permissions", "accounts_user_groups")
PROFILE_TABLE = "accounts_staffprofile"  # with the protected specialisations of a colleague
GRANT_TABLE = "patients_accessgrant"
VISIT_TABLE = "accounts_supportvisit"
WRITES = (Kind.INSERT, Kind.UPDATE, Kind.DELETE)
_ROLES = """
    WITH RECURSIVE found AS (
        (SELECT role FROM {table} ORDER BY role LIMIT 1)
        UNION ALL SELECT (SELECT r.role FROM {table} r WHERE r.role > found.role ORDER BY r.role LIMIT 1)
        FROM found WHERE found.role IS NOT NULL)
    SELECT role FROM found WHERE role <> ''
"""


@dataclass(frozen=True)
class TrailFilter:
    """What one looks for; an empty field leaves everything in."""

    who: str = ""
    role: str = ""
    kind: str = ""
    table: str = ""  # a table, or ``room:`` with a room's name
    record: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    address: str = ""
    request_id: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """The fields that are set, as text."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def records(asked: TrailFilter) -> QuerySet[Record]:
    """The records that match, newest first."""
    found = Record.objects.order_by("-at", "-id")
    if asked.who:
        found = found.filter(actor_id=asked.who)
    if asked.role:
        found = found.filter(role__in=lines_with(asked.role))
    if asked.table:
        found = found.filter(table_name__in=_tables(asked.table))
    if asked.record:
        found = found.filter(row_id=asked.record)
        if not asked.table:
            found = found.filter(table_name__in=_tables_all())  # so that the index over table and row serves
    if asked.since:
        found = found.filter(at__gte=clock.day_bounds(asked.since)[0])
    if asked.until:
        found = found.filter(at__lt=clock.day_bounds(asked.until)[1])
    if asked.address:
        found = found.filter(address=asked.address)
    if asked.request_id:
        found = found.filter(request_id=asked.request_id)
    return of_kind(found, asked.kind) if asked.kind else found


def of_kind(found: QuerySet[Record], kind: str) -> QuerySet[Record]:
    """Records of one kind: of the database's own, or of those that people ask for (sign-ins, permissions, …)."""
    if kind in Kind.values:
        return found.filter(kind=kind)
    if kind == "permission":
        protected = Q(table_name=PROFILE_TABLE, after__has_key="specialties")
        return found.filter(Q(table_name__in=PERMISSION_TABLES) | protected, kind__in=WRITES)
    with_event = found.annotate(event=KeyTextTransform("event", "after"))
    match kind:
        case "sign_in":
            return with_event.filter(SIGN_IN, kind=Kind.EVENT)
        case "refused":
            return with_event.filter(REFUSED, kind=Kind.EVENT)
        case "glass":
            return with_event.filter(Q(kind=Kind.EVENT, event__startswith="glass") | Q(table_name=GRANT_TABLE))
        case "impersonation":
            told = Q(kind=Kind.EVENT, event__startswith="support_")
            return with_event.filter(UNDER_VISIT | Q(table_name=VISIT_TABLE) | told)
        case "trail_read":
            return with_event.filter(kind=Kind.EVENT, event__in=["trail_read", "alert_read"])
    return found.none()


def lines_with(role: str) -> list[str]:
    """The role lines of the trail that hold the role; found by leaping through the index, not by reading it."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES.format(table=Record._meta.db_table))
        lines = [row[0] for row in cursor.fetchall()]
    return [line for line in lines if role in line.split(", ")]


def of_row(table: str, row_id: str) -> QuerySet[Record]:
    """Everything that happened to one row, newest first; also when the row no longer exists."""
    return Record.objects.filter(table_name=table, row_id=row_id).order_by("-at", "-id")


def behind(found: QuerySet[Record], place: tuple[datetime.datetime, int] | None) -> QuerySet[Record]:
    """The records behind a place in the list, which is the time and number of the last one shown."""
    if place is None:
        return found
    at, number = place
    return found.filter(Q(at__lt=at) | Q(id__lt=number), at__lte=at)


def rows_before(record: Record, rows: int = 1) -> list[Record]:
    """Earlier records of the same row, newest first."""
    return list(of_row(record.table_name, record.row_id).filter(id__lt=record.pk)[:rows])


def _tables(choice: str) -> list[str]:
    return tables_of(choice.removeprefix("room:")) if choice.startswith("room:") else [choice]


def _tables_all() -> list[str]:
    from oversight.words import TABLES

    return list(TABLES)


def pieces(found: QuerySet[Record], size: int = 2_000) -> Iterable[list[Record]]:
    """The records in lists of ``size``, each asked for by its place: no long transaction, no growing offset."""
    place: Any = None
    while rows := list(behind(found, place)[:size]):
        yield rows
        place = (rows[-1].at, rows[-1].pk)
