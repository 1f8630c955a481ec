"""Rows collected by table and copied in with one statement each, in the order in which they refer to one another."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

from billing.models import (
    CashCount,
    Charge,
    Entry,
    Invoice,
    InvoiceLine,
    Payment,
    Posting,
    Shift,
    ShiftTotal,
    Tender,
    Transition,
)
from billing.models import Change as Returned
from clinical.models import Diagnosis, Encounter, EncounterMove, Note, NoteRevision, VitalSigns
from core.fields import EncryptedMixin
from core.models.base import TouchedAtField
from crm.models import FamilyMembership, PointEntry
from demo.services.numbers import id_at
from laboratory.models import ItemMove, Order, OrderedPanel, OrderItem, Result, Specimen
from patients.models import Visit, VisitMove
from pharmacy.models import Dispense, DispenseLine, Prescription, PrescriptionItem, StatusChange, StockMovement
from queueing.models import Ticket, TicketMove

Row = TypeVar("Row", bound=models.Model)

BEFORE_ISSUE = (
    Visit, VisitMove, Ticket, TicketMove, Encounter, EncounterMove, VitalSigns, Note, NoteRevision, Diagnosis,
    Order, OrderedPanel, Specimen, OrderItem, ItemMove, Result,
    Prescription, PrescriptionItem, Dispense, DispenseLine, StatusChange, StockMovement,
    Charge, Invoice, InvoiceLine,
)  # fmt: skip
OF_A_SHIFT = (Shift, ShiftTotal, Payment, Entry, Posting)  # a shift takes money only while it is open
AT_LAST = (CashCount, Tender, Returned, FamilyMembership, PointEntry, Transition)


class Sheets:
    """The rows of some days, before they are written."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = {}

    def add(self, model: type[Row], moment: datetime, **values: Any) -> Row:
        return self.put(model(**values), moment)

    def put(self, row: Row, moment: datetime) -> Row:
        """Date a row back to the moment in which it was made."""
        row.id, row.created_at = id_at(moment), moment  # type: ignore[attr-defined]
        self.rows.setdefault(type(row), []).append(row)
        return row

    def of(self, model: type[Row]) -> list[Row]:
        return self.rows.get(model, [])  # type: ignore[return-value]

    def write(self, tables: Iterable[type[models.Model]]) -> None:
        """Write the rows of these tables; what is written leaves the sheets."""
        for model in tables:
            copy_in(self.rows.pop(model, []))


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, triggers and constraints included; they were last touched when they were made."""
    if not rows:
        return
    columns = _columns(type(rows[0]))
    names = ", ".join(f'"{name}"' for name, _value_of in columns)
    values = [value_of for _name, value_of in columns]
    with connection.cursor() as cursor, cursor.copy(f'COPY "{rows[0]._meta.db_table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([value_of(row) for value_of in values])


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, Callable[[models.Model], Any]]]:
    return [(field.column, _reader(field)) for field in model._meta.concrete_fields]


def _reader(field: models.Field) -> Callable[[models.Model], Any]:
    if isinstance(field, TouchedAtField):
        return attrgetter("created_at")
    if isinstance(field, EncryptedMixin):
        return lambda row: field.get_prep_value(field.pre_save(row, add=True))
    if isinstance(field, models.JSONField):
        return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    return attrgetter(field.attname)
