"""Books of a million entries: the hospital's own history told again for earlier years, and what reading them takes.

The copies are whole (shifts, invoices, payments, entries, postings): the books agree as before. They are written
with triggers off, which only the tables' owner may do.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction
from django_tenants.utils import schema_context

from accounts.models import Branch, User
from billing.models import (
    CashCount,
    Change,
    Entry,
    Invoice,
    InvoiceLine,
    Payment,
    Posting,
    Shift,
    ShiftTotal,
    Tender,
)
from billing.queries.books import standings
from billing.queries.comparing import ledger_disagreements
from cashoffice.queries.days import obstacles
from cashoffice.services.days import close_day
from core.clock import today
from reports.queries.money.ageing import ageing, owing_invoices
from reports.queries.money.definitions import COLLECTIONS, REVENUE
from reports.queries.money.grouping import Period, groups, rows_of, totals
from reports.queries.money.services import sales

SCHEMA = "samaki"
# in the order of their keys; what they refer to beside each other stays shared
TOLD_AGAIN: tuple[type[models.Model], ...] = (
    Shift,
    ShiftTotal,
    CashCount,
    Invoice,
    InvoiceLine,
    Payment,
    Tender,
    Change,
    Entry,
    Posting,
)
ROUNDS = 5
_PAYMENTS = "SELECT id FROM billing_payment WHERE received_at < CURRENT_DATE"
_WHOLE = (
    "date < CURRENT_DATE AND reverses_id IS NULL"
    " AND kind IN ('invoice_issued', 'payment', 'shift_opened', 'shift_closed')"
)


def fill(entries: int) -> None:
    """Bring the ledger to this many entries; runs as the tables' owner."""
    with schema_context(SCHEMA), connection.cursor() as cursor:
        have, told = Entry.objects.count(), _told(cursor)
        _switch_triggers(cursor, "DISABLE")
        while 0 < have < entries:
            told += 1
            with transaction.atomic():
                for model in TOLD_AGAIN:
                    _tell_again(cursor, model, told)
            have = Entry.objects.count()
        _switch_triggers(cursor, "ENABLE")
        cursor.execute("ANALYZE")


def _switch_triggers(cursor: Any, word: str) -> None:
    for model in TOLD_AGAIN:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} {word} TRIGGER USER")


def _told(cursor: Any) -> int:
    """How often the history was told already."""
    cursor.execute("SELECT coalesce(max(substring(number FROM '~(\\d+)$')::int), 0) FROM billing_shift")
    return int(cursor.fetchone()[0])


def _tell_again(cursor: Any, model: type[models.Model], told: int) -> None:
    """Copy the table's first rows `told` years back; keys are made of the first row's key and the number."""
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    values = ", ".join(_value(field) for field in fields)
    cursor.execute(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {_first_rows(model)}", {"told": told}
    )


def _value(field: Any) -> str:
    column = field.column
    another = f"overlay(md5({column}::text || %(told)s::text) placing '4' from 13 for 1)::uuid"
    if field.primary_key or column in ("source_id", "key"):
        return another
    if field.is_relation and field.related_model in TOLD_AGAIN:
        return another
    if column == "number":
        return f"{column} || '~' || %(told)s::text"
    if column in ("credited", "refunded"):
        return "0"  # credit notes are not told again
    if column == "year":
        return f"{column} + 10 * %(told)s"  # numbers of a year stay apart
    if column == "live":
        return "false"  # the charge stands on its own line
    if column == "detail":
        return "''"  # sealed for its own row
    if isinstance(field, (models.DateTimeField, models.DateField)):
        kind = "timestamptz" if isinstance(field, models.DateTimeField) else "date"
        return f"({column} - %(told)s * interval '364 days')::{kind}"
    return column


def _first_rows(model: type[models.Model]) -> str:
    """What was never told before (keys of version 7), of days that are over, and of entries those that stand alone."""
    conditions: dict[type[models.Model], str] = {
        Shift: "status = 'reconciled'",
        ShiftTotal: "shift_id IN (SELECT id FROM billing_shift WHERE status = 'reconciled')",
        CashCount: "shift_id IN (SELECT id FROM billing_shift WHERE status = 'reconciled')",
        Invoice: "issued_at < CURRENT_DATE",
        InvoiceLine: "invoice_id IN (SELECT id FROM billing_invoice WHERE issued_at < CURRENT_DATE)",
        Payment: "received_at < CURRENT_DATE",
        Tender: f"payment_id IN ({_PAYMENTS})",
        Change: f"payment_id IN ({_PAYMENTS})",
        Entry: _WHOLE,
        Posting: f"entry_id IN (SELECT id FROM billing_entry WHERE {_WHOLE})",
    }
    return f"substring(id::text FROM 15 FOR 1) = '7' AND {conditions[model]}"


AIMS = {"debts by age": 1_000, "closing a day": 2_000}  # milliseconds


def figures() -> list[str]:
    """The median of each reading, in milliseconds, beside its aim."""
    with schema_context(SCHEMA):
        day, month = today(), Period(today().replace(day=1), today())
        lines = [f"{Entry.objects.count():,} entries, {Posting.objects.count():,} postings"]
        readings: dict[str, Callable[[], Any]] = {
            "debts by age": lambda: ageing(day),
            "first page of the oldest debts": lambda: list(owing_invoices(day)[:26]),
            "collections of this month": lambda: _table(COLLECTIONS, month),
            "revenue of this month": lambda: _table(REVENUE, month),
            "revenue by service, this month": lambda: sales(month),
            "balances of all accounts": standings,
            "what stands in a day's way": lambda: obstacles(_branch(), day),
            "closing a day": lambda: _close(day - timedelta(days=1)),
        }
        lines += [_line(name, _median(reading)) for name, reading in readings.items()]
        began = time.perf_counter()
        found = ledger_disagreements()
        lines.append(f"{'do the books agree?':<34} {(time.perf_counter() - began) * 1000:8.0f} ms  {len(found)} differ")
    return lines


def _line(name: str, median: float) -> str:
    aim = AIMS.get(name)
    met = f"  aim {aim:,} ms: {'ok' if median <= aim else 'MISSED'}" if aim else ""
    return f"{name:<34} {median:8.0f} ms{met}"


def _branch() -> Branch:
    return Branch.objects.order_by("code").first()


def _close(day: date) -> None:
    """Close the day as the accountant does, and let it go again."""
    with transaction.atomic():
        close_day(branch=_branch(), day=day, by=User.objects.get(username="accountant"))
        transaction.set_rollback(True)


def _table(report: Any, period: Period) -> Any:
    grouping = report.groupings[0]
    return rows_of(report, grouping, list(groups(report, grouping, period)[:51])), totals(report, period)


def _median(reading: Callable[[], Any]) -> float:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        reading()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
