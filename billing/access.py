"""Whose bills a person sees; see patients.access.

The cash desk collects from whoever stands in front of it: whoever issues invoices sees visits with something to
collect, invoices that are not settled or written off, and what they themselves were paid. A credit note or a write-off
is seen with its invoice by who may decide it or pay it out, as long as it waits. Everything else follows the patient.
"""

from typing import Any

from django.db.models import Q

from billing.models import Charge, Concession, CreditNote, Invoice, Payment, WriteOff
from billing.states import (
    OWING,
    ChargeStatus,
    CreditStatus,
    DecisionStatus,
    DepositRefundStatus,
    InvoiceStatus,
    WriteOffStatus,
)
from core import clock
from patients.access import sight_of
from patients.models import Visit

COLLECTS = ("invoice:issue", "payment:take")


def collects(user: Any) -> bool:
    return any(user.may(code) for code in COLLECTS)


def visits_in_sight(user: Any) -> Q:
    """Visits within sight, and those with something to collect for whoever collects."""
    seen = sight_of(user).of("patient")
    if not collects(user):
        return seen
    pending = Charge.objects.filter(status=ChargeStatus.PENDING).order_by().values("visit")
    owing = Invoice.objects.filter(status__in=[*OWING, InvoiceStatus.DRAFT]).order_by().values("visit")
    return seen | Q(pk__in=pending) | Q(pk__in=owing) | Q(pk__in=_paid_today(user, "invoice__visit"))


def invoices_in_sight(user: Any) -> Q:
    seen = sight_of(user).of("patient")
    if user.may("credit:approve") or user.may("payment:take"):
        seen |= Q(pk__in=CreditNote.objects.filter(credits_to_act_on(user)).order_by().values("invoice"))
    if user.may("concession:approve"):
        waiting = Concession.objects.filter(status=DecisionStatus.REQUESTED).exclude(requested_by=user)
        seen |= Q(status=InvoiceStatus.DRAFT, pk__in=waiting.order_by().values("invoice"))
    if user.may("write_off:approve"):
        seen |= Q(pk__in=WriteOff.objects.filter(write_offs_to_decide(user)).order_by().values("invoice"))
    if not collects(user):
        return seen
    to_collect = [*OWING, InvoiceStatus.DRAFT, InvoiceStatus.WRITTEN_OFF]
    return seen | Q(status__in=to_collect) | Q(pk__in=_paid_today(user, "invoice"))


def credits_to_act_on(user: Any) -> Q:
    """Credit notes that this person may decide or pay out now."""
    waiting = Q(pk__in=[])
    if user.may("credit:approve"):
        waiting |= Q(status=CreditStatus.REQUESTED) & ~Q(requested_by=user)
    if user.may("payment:take"):
        waiting |= Q(status=CreditStatus.APPROVED, to_refund__gt=0)
    return waiting


def write_offs_to_decide(user: Any) -> Q:
    """Write-offs that this person may decide now: asked for by others."""
    return Q(status=WriteOffStatus.REQUESTED) & ~Q(requested_by=user) if user.may("write_off:approve") else Q(pk__in=[])


def payments_in_sight(user: Any) -> Q:
    """Payments of patients within sight, and those this person took."""
    return sight_of(user).of("invoice__patient") | Q(cashier=user)


def _paid_today(user: Any, column: str) -> Any:
    start, _end = clock.day_bounds(clock.today())
    return Payment.objects.filter(cashier=user, received_at__gte=start).order_by().values(column)


def served_patients(user: Any) -> Q:
    """Patients within sight, and those who have something to pay where this person collects."""
    seen = sight_of(user).of()
    if not collects(user):
        return seen
    return seen | Q(pk__in=Visit.objects.filter(visits_in_sight(user)).order_by().values("patient"))


def deposits_in_sight(user: Any) -> Q:
    """Deposits of patients within sight, and those this person took."""
    return sight_of(user).of("patient") | Q(cashier=user)


def refunds_in_sight(user: Any) -> Q:
    """Refunds of deposits of patients within sight, those that wait for this person, and those they paid out."""
    return sight_of(user).of("patient") | refunds_to_act_on(user) | Q(cashier=user)


def refunds_to_act_on(user: Any) -> Q:
    """Refunds of deposits that this person may decide or pay out now."""
    waiting = Q(pk__in=[])
    if user.may("deposit:approve"):
        waiting |= Q(status=DepositRefundStatus.REQUESTED) & ~Q(requested_by=user)
    if user.may("payment:take"):
        waiting |= Q(status=DepositRefundStatus.APPROVED)
    return waiting
