"""Rows collected by table and written with one statement each, in the order in which they refer to one another."""

from datetime import datetime
from typing import TypeVar

from django.db import models

from billing.models import Change as Returned
from billing.models import Charge, Entry, Invoice, InvoiceLine, Payment, Posting, Tender, Transition
from clinical.models import Diagnosis, Encounter, EncounterMove, Note, NoteRevision, VitalSigns
from demo.services.numbers import id_at
from laboratory.models import ItemMove, Order, OrderItem, Result, Specimen
from patients.models import Visit, VisitMove
from queueing.models import Ticket, TicketMove

Row = TypeVar("Row", bound=models.Model)
CHUNK = 500

BEFORE_ISSUE = (
    Visit, VisitMove, Ticket, TicketMove, Encounter, EncounterMove, VitalSigns, Note, NoteRevision, Diagnosis,
    Order, Specimen, OrderItem, ItemMove, Result, Charge, Invoice, InvoiceLine,
)  # fmt: skip
AFTER_ISSUE = (Payment, Tender, Returned, Entry, Posting, Transition)


class Sheets:
    """The rows of one day, before they are written."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = {}

    def add(self, model: type[Row], moment: datetime, **values: object) -> Row:
        row = model(id=id_at(moment), created_at=moment, **values)
        self.rows.setdefault(model, []).append(row)
        return row

    def of(self, model: type[Row]) -> list[Row]:
        return self.rows.get(model, [])  # type: ignore[return-value]

    def write(self, tables: tuple[type[models.Model], ...]) -> None:
        for model in tables:
            if rows := self.rows.get(model):
                model._default_manager.bulk_create(rows, batch_size=CHUNK)
