"""Reading credit notes: what may still be credited, what waits, and what one may see."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from billing.access import credits_to_act_on
from billing.models import CreditLine, CreditNote, Invoice
from billing.queries.worklist import visible_invoices
from billing.states import CreditStatus
from core.money import Money


def credited_by_line(invoice: Invoice) -> dict[UUID, Decimal]:
    """What of each line was credited or is asked for, whoever pays it; declined notes do not count."""
    rows = CreditLine.objects.filter(line__invoice=invoice).exclude(credit_note__status=CreditStatus.DECLINED)
    sums = rows.order_by().values("line").annotate(sum=Sum(F("net") + F("covered")))
    return {row["line"]: row["sum"] for row in sums}


def covered_by_line(invoice_id: UUID) -> dict[UUID, Decimal]:
    """What approved credit notes took back of the payer's part of each line."""
    done = [CreditStatus.APPROVED, CreditStatus.REFUNDED]
    rows = CreditLine.objects.filter(line__invoice=invoice_id, credit_note__status__in=done).order_by()
    return {row["line"]: row["sum"] for row in rows.values("line").annotate(sum=Sum("covered"))}


def own_credited(invoice: Invoice) -> Money:
    """What was credited of the patient's own part; without what they had taken over from a payer."""
    passed = Decimal(0)
    if invoice.transferred and invoice.credited:
        notes = CreditNote.objects.filter(invoice=invoice).aggregate(sum=Sum("passed_back"))
        passed = notes["sum"] or passed
    return Money(invoice.credited - passed, invoice.currency)


def visible_credits(user: Any) -> QuerySet[CreditNote]:
    """Credit notes of invoices this user may read, newest first."""
    notes = CreditNote.objects.select_related(
        "invoice__patient", "invoice__branch", "requested_by", "decided_by", "refund__shift", "refund__cashier"
    )
    return notes.filter(invoice__in=visible_invoices(user).order_by().values("pk")).order_by("-id")


def waiting_credits(user: Any) -> QuerySet[CreditNote]:
    """What this user may decide or pay out now."""
    return visible_credits(user).filter(credits_to_act_on(user))


def credits_waiting(user: Any) -> int:
    """How many credit notes wait for this user: for the menu."""
    return waiting_credits(user).order_by().count()
