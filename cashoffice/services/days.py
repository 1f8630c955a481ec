"""Closing a branch's day: nothing is posted to it any more, and what the ledger says of it is kept."""

import datetime
from typing import Any

from django.db import connection, transaction

from billing.services.numbers import paper_number
from cashoffice.errors import DayClosedAlready, DayHindered, DayNotBegun
from cashoffice.models import DayClosing
from cashoffice.queries.days import closing_of, figures_of, obstacles
from core.clock import today


@transaction.atomic
def close_day(*, branch: Any, day: datetime.date, note: str = "", by: Any) -> DayClosing:
    """Close a day of a branch, today at the earliest in the evening of it; the database refuses its entries then.

    Raises DayNotBegun, DayClosedAlready, DayHindered (see cashoffice.queries.days.obstacles).
    """
    if day > today():
        raise DayNotBegun()
    _wait_for_entries()
    if closing_of(branch, day):
        raise DayClosedAlready()
    reasons = [str(one.words) for one in obstacles(branch, day) if one.blocks]
    if reasons:
        raise DayHindered(reasons=". ".join(reasons))
    figures = {"movements": [movement.as_json() for movement in figures_of(branch, day)]}
    number = paper_number("day", "DC", branch)
    return DayClosing.objects.create(number=number, branch=branch, date=day, figures=figures, note=note, closed_by=by)


def _wait_for_entries() -> None:
    """Entries under way come first; those that begin now wait until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{connection.schema_name}.books"])
