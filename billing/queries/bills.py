"""Reading what is owed: charges, invoices, and whether a visit is settled."""

from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Charge, Invoice
from billing.states import OWING, ChargeStatus


def unpaid_charges(visit: Any) -> QuerySet[Charge]:
    """Charges of a visit still to be paid: pending, or on an issued invoice that is not paid in full."""
    owing = Q(lines__live=True, lines__invoice__status__in=OWING)
    return Charge.objects.filter(visit=visit).filter(Q(status=ChargeStatus.PENDING) | owing).distinct()


def visit_is_settled(visit: Any) -> bool:
    """True when nothing is pending (drafts hold pending charges) and nothing is owed. `visit` may be the id."""
    visit_id = getattr(visit, "pk", visit)
    if Charge.objects.filter(visit_id=visit_id, status=ChargeStatus.PENDING).exists():
        return False
    return not Invoice.objects.filter(visit_id=visit_id, status__in=OWING).exists()


def visits_settled(visit_ids: list[Any]) -> dict[Any, bool]:
    """visit_is_settled for many visits by id, in two queries: for lists."""
    pending = Charge.objects.filter(visit__in=visit_ids, status=ChargeStatus.PENDING).values_list("visit_id", flat=True)
    owing = Invoice.objects.filter(visit__in=visit_ids, status__in=OWING).values_list("visit_id", flat=True)
    open_ones = {*pending, *owing}
    return {visit_id: visit_id not in open_ones for visit_id in visit_ids}


def pending_off_invoices(visit_id: Any) -> QuerySet[Charge]:
    """Pending charges of a visit that stand on no invoice yet."""
    return Charge.objects.filter(visit_id=visit_id, status=ChargeStatus.PENDING).exclude(lines__live=True)
