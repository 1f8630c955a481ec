"""Rows collected by table and copied in with one statement each, in the order in which they refer to one another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

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
from crm.models import FamilyMembership, PointEntry
from demo.services.copying import copy_in
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
OF_A_SHIFT = (Shift, ShiftTotal, CashCount, Payment, Entry, Posting)  # a shift takes money only while it is open
AT_LAST = (Tender, Returned, FamilyMembership, PointEntry, Transition)


class Sheets:
    """The rows of some days, before they are written."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = {}

    def add(self, model: type[Row], moment: datetime, **values: Any) -> Row:
        return self.put(model(id=id_at(moment), created_at=moment, **values))

    def put(self, row: Row) -> Row:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def of(self, model: type[Row]) -> list[Row]:
        return self.rows.get(model, [])  # type: ignore[return-value]

    def write(self, tables: Iterable[type[models.Model]]) -> None:
        """Write the rows of these tables; what is written leaves the sheets."""
        for model in tables:
            copy_in(self.rows.pop(model, []))
