"""Before: invoices to be paid by two cashiers. After: whether every receipt has its payment and everything agrees."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q
from django_tenants.utils import schema_context

from billing.models import Change, DepositTender, Invoice, Payment, Shift, Tender
from billing.queries.comparing import ledger_disagreements
from billing.queries.ledger import shift_expectation
from billing.states import RUNNING_SHIFTS, InvoiceStatus
from cashoffice.models import Voucher
from core.models import Delivery
from core.once import FIELD
from demo.bench import ground
from demo.bench.people import cookies_of

SCHEMA = "samaki"
CASHIERS = ("cashier", "cashier2")
PATIENCE = 720.0  # what a killed worker had claimed is claimable again after ten minutes


def prepare(number: int) -> dict[str, Any]:
    """Issue so many invoices; gives each payment's form and the cashiers' cookies."""
    connection.set_schema_to_public()
    call_command("seed_patients", number + 400, schema=SCHEMA)
    ground.open_shifts(SCHEMA)
    invoices = ground.draw_up_invoices(number)
    payments = [
        {
            "invoice": str(invoice.pk),
            "who": CASHIERS[place % len(CASHIERS)],
            "path": f"/billing/invoices/{invoice.pk}/pay/",
            "data": _tender(invoice, place),
        }
        for place, invoice in enumerate(invoices)
    ]
    return {"payments": payments, "cookies": {who: cookies_of(SCHEMA, who) for who in CASHIERS}}


def _tender(invoice: Invoice, place: int) -> dict[str, str]:
    """Dollar notes with change, riel notes, or both."""
    dollars = int(-(-invoice.total // 1))
    riel = int(-(-(invoice.total * invoice.rate) // 100) * 100)
    notes = ({"usd": str(dollars), "khr": ""}, {"usd": "", "khr": str(riel)}, {"usd": "1", "khr": str(riel)})[place % 3]
    return {FIELD: str(uuid4()), "due": str(invoice.total), "change_in": "", **notes}


def verify(payments: list[dict[str, Any]], receipts: dict[str, str]) -> list[str]:
    """What is wrong, in words; nothing when all is well. Waits until the worker has delivered what was announced."""
    connection.set_schema_to_public()
    with schema_context(SCHEMA):
        found = [*_undelivered(), *_payments(payments, receipts), *_books()]
    call_command("verify_audit", schema=SCHEMA, verbosity=0)  # raises CommandError where the chain is broken
    return found


def _payments(payments: list[dict[str, Any]], receipts: dict[str, str]) -> Iterator[str]:
    """Each invoice is paid once and in full, and each receipt that a client got is that payment."""
    ids = [payment["invoice"] for payment in payments]
    well = Q(status=InvoiceStatus.PAID, paid=F("total"), times=1)
    for invoice in Invoice.objects.filter(pk__in=ids).annotate(times=Count("payments")).exclude(well):
        yield f"invoice {invoice.number}: {invoice.status}, paid {invoice.paid} of {invoice.total}"
    made = {
        str(pk): str(invoice) for pk, invoice in Payment.objects.filter(invoice__in=ids).values_list("pk", "invoice")
    }
    for invoice_id, location in receipts.items():
        if made.get(location.rstrip("/").rsplit("/", 1)[-1]) != invoice_id:
            yield f"the receipt {location} is not a payment of invoice {invoice_id}"


def _books() -> Iterator[str]:
    for one in ledger_disagreements():
        yield f"{one.label}: {one.record}, ledger {one.ledger}, elsewhere {one.elsewhere}"
    for shift in Shift.objects.filter(status__in=RUNNING_SHIFTS):
        yield from _drawer(shift)


def _drawer(shift: Shift) -> Iterator[str]:
    """What the ledger expects in a drawer is what its papers add up to: tenders, change, refunds, vouchers."""
    taken: dict[str, Decimal] = {total.currency: total.opening for total in shift.totals.all()}
    for tender in Tender.objects.filter(payment__shift=shift, method="cash"):
        taken[tender.currency] += tender.amount
    for ahead in DepositTender.objects.filter(deposit__shift=shift, method="cash"):
        taken[ahead.currency] += ahead.amount
    for change in Change.objects.filter(payment__shift=shift):
        taken[change.currency] -= change.amount
    for refund in shift.refunds.filter(method="cash"):
        for part in refund.parts.all():
            taken[part.currency] -= part.amount
    for voucher in Voucher.objects.filter(shift=shift, status="posted"):
        for currency, amount in voucher.amounts.items():
            taken[currency] += amount * voucher.sign
    for currency, expected in shift_expectation(shift).items():
        if taken.get(currency, Decimal(0)) != expected:
            yield f"drawer {shift.number} {currency}: ledger {expected}, papers {taken.get(currency)}"


def _undelivered() -> Iterator[str]:
    deadline = time.monotonic() + PATIENCE
    while (left := Delivery.objects.exclude(status=Delivery.Status.DONE).count()) and time.monotonic() < deadline:
        time.sleep(1)
    if left:
        yield f"{left} announcements were not delivered within {PATIENCE:.0f} s"
