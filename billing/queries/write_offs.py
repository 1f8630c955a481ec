"""Reading write-offs: what waits, and what one may see."""

from typing import Any

from django.db.models import QuerySet

from billing.access import write_offs_to_decide
from billing.models import Invoice, WriteOff
from billing.queries.worklist import visible_invoices


def visible_write_offs(user: Any) -> QuerySet[WriteOff]:
    """Write-offs of invoices this user may read, newest first."""
    rows = WriteOff.objects.select_related(
        "invoice__patient", "invoice__branch", "requested_by", "decided_by", "reversed_by"
    )
    return rows.filter(invoice__in=visible_invoices(user).order_by().values("pk")).order_by("-id")


def waiting_write_offs(user: Any) -> QuerySet[WriteOff]:
    return visible_write_offs(user).filter(write_offs_to_decide(user))


def write_offs_waiting(user: Any) -> int:
    """How many wait for this user: for the menu."""
    return waiting_write_offs(user).order_by().count()


def write_offs_of(invoice: Invoice) -> QuerySet[WriteOff]:
    """What was asked for on an invoice, newest first."""
    return WriteOff.objects.filter(invoice=invoice).select_related("requested_by")
