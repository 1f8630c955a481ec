"""How many came, and how long they waited. Plain columns only: nothing here reads what is encrypted."""

import datetime
from dataclasses import dataclass

from django.db.models import Avg, Count, DurationField, F, OuterRef, Q, Subquery
from django.db.models.functions import ExtractHour

from accounts.models import Branch, Department
from patients.models import Visit
from queueing.models import Ticket, TicketMove


@dataclass(frozen=True)
class VisitCounts:
    total: int
    open: int
    closed: int
    cancelled: int


def visit_counts(day: datetime.date, branch: Branch | None = None) -> VisitCounts:
    """Visits of a day by state; the total leaves out what was cancelled, as every figure here does."""
    row = _visits(day, day, branch).aggregate(
        total=Count("pk", filter=~Q(status="cancelled")),
        open=Count("pk", filter=Q(status="open")),
        closed=Count("pk", filter=Q(status="closed")),
        cancelled=Count("pk", filter=Q(status="cancelled")),
    )
    return VisitCounts(**row)


def arrivals_by_hour(day: datetime.date, branch: Branch | None = None) -> dict[int, int]:
    """Visits opened in each hour of the hospital's day."""
    rows = _visits(day, day, branch).exclude(status="cancelled").annotate(hour=ExtractHour("opened_at")).values("hour")
    return dict(rows.annotate(n=Count("pk")).order_by("hour").values_list("hour", "n"))


def visits_by_day(since: datetime.date, until: datetime.date, branch: Branch | None = None) -> dict[datetime.date, int]:
    rows = _visits(since, until, branch).exclude(status="cancelled").values("date")
    return dict(rows.annotate(n=Count("pk")).order_by("date").values_list("date", "n"))


@dataclass(frozen=True)
class Wait:
    """One department's line of a day: minutes from the ticket to the first call, on average."""

    department: str
    waiting: int
    called: int
    minutes: int | None


def waits_by_department(day: datetime.date, branch: Branch | None = None) -> list[Wait]:
    tickets = Ticket.objects.filter(queue__date=day)
    if branch is not None:
        tickets = tickets.filter(queue__branch=branch)
    calls = TicketMove.objects.filter(ticket=OuterRef("pk"), verb="call").order_by("at")  # called_at is the last one
    rows = (
        tickets.annotate(first_call=Subquery(calls.values("at")[:1]))
        .values("queue__department_id")
        .annotate(
            waiting=Count("pk", filter=Q(status="waiting")),
            called=Count("first_call"),
            wait=Avg(F("first_call") - F("created_at"), output_field=DurationField()),
        )
        .order_by("queue__department__code")
    )
    names = Department.objects.in_bulk([row["queue__department_id"] for row in rows])  # in the reader's language
    return [
        Wait(names[row["queue__department_id"]].name, row["waiting"], row["called"], _minutes(row["wait"]))
        for row in rows
    ]


def _minutes(wait: datetime.timedelta | None) -> int | None:
    return None if wait is None else max(0, round(wait.total_seconds() / 60))


def _visits(since: datetime.date, until: datetime.date, branch: Branch | None):
    visits = Visit.objects.filter(date__gte=since, date__lte=until)
    return visits.filter(branch=branch) if branch is not None else visits
