"""Reading what is owed: charges, invoices, and whether a visit is settled."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, prefetch_related_objects

from billing.models import Charge, Invoice, InvoiceLine, Payment
from billing.states import OWING, ChargeStatus
from core.db.kept import kept
from core.db.lean import showing
from core.money import Money

_PAYMENT = ("number", "received_at", "applied", "currency", "cashier__full_name", "cashier__username")

# What an invoice owes; below zero: a refund waits.
OWED = F("total") + F("transferred") - F("credited") - F("paid") + F("refunded") - F("written_off")


def unpaid_charges(visit: Any) -> QuerySet[Charge]:
    """Charges of a visit still to be paid: pending, or on an issued invoice that is not paid in full."""
    owing = Q(lines__live=True, lines__invoice__status__in=OWING)
    return Charge.objects.filter(visit=visit).filter(Q(status=ChargeStatus.PENDING) | owing).distinct()


def visit_is_settled(visit: Any) -> bool:
    """True when nothing is pending (drafts hold pending charges) and nothing is owed. `visit` may be the id."""
    visit_id = getattr(visit, "pk", visit)
    return not (_pending(visit_id) or _owing(visit_id))


@kept
def _pending(visit: UUID) -> QuerySet:
    return Charge.objects.filter(visit=visit, status=ChargeStatus.PENDING).values_list("pk", flat=True)[:1]


@kept
def _owing(visit: UUID) -> QuerySet:
    return Invoice.objects.filter(visit=visit, status__in=OWING).values_list("pk", flat=True)[:1]


def visits_settled(visit_ids: list[Any]) -> dict[Any, bool]:
    """visit_is_settled for many visits by id, in two queries: for lists."""
    pending = Charge.objects.filter(visit__in=visit_ids, status=ChargeStatus.PENDING).values_list("visit_id", flat=True)
    owing = Invoice.objects.filter(visit__in=visit_ids, status__in=OWING).values_list("visit_id", flat=True)
    open_ones = {*pending, *owing}
    return {visit_id: visit_id not in open_ones for visit_id in visit_ids}


def pending_off_invoices(visit_id: Any) -> QuerySet[Charge]:
    """Pending charges of a visit that stand on no invoice yet."""
    return Charge.objects.filter(visit_id=visit_id, status=ChargeStatus.PENDING).exclude(lines__live=True)


@kept
def _lines(invoice: UUID) -> QuerySet[InvoiceLine]:
    return InvoiceLine.objects.filter(invoice=invoice).select_related("performer").order_by("position")


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """The lines in their order."""
    return _lines(invoice.pk)


def taxes_in(lines: Iterable[InvoiceLine]) -> list[tuple[Decimal, Money]]:
    """The tax these lines include, by rate in percent; lines without tax are not among them."""
    sums: dict[Decimal, Money] = {}
    for line in lines:
        if line.tax_rate:
            so_far = sums.get(line.tax_percent, Money.zero(line.currency))
            sums[line.tax_percent] = so_far + line.tax_money
    return sorted(sums.items())


@kept
def _payments(invoice: UUID) -> QuerySet[Payment]:
    return showing(Payment.objects.filter(invoice=invoice), *_PAYMENT)


def payments_of(invoice: Invoice) -> list[Payment]:
    """What was paid of an invoice, each with its tenders and change; three statements, one where nothing was."""
    payments = _payments(invoice.pk)
    prefetch_related_objects(payments, "tenders", "changes")
    return payments
