"""What waits for the cashier: visits with something to collect, and the invoices one may read."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from billing.access import collects, invoices_in_sight, payments_in_sight, visits_in_sight
from billing.models import Charge, Invoice, Payment, Shift
from billing.pricing import ZERO
from billing.queries.bills import OWED
from billing.states import OWING, RUNNING_SHIFTS, ChargeStatus, InvoiceStatus, ShiftStatus
from core.db.kept import kept
from core.db.lean import showing
from core.money import Money
from patients.access import sight_of
from patients.models import Visit
from patients.queries import search_patients
from patients.rows import named


def visits_to_collect(user: Any, *, text: str = "", branch: Any = None) -> QuerySet[Visit]:
    """Visits with a pending charge or an unpaid invoice, newest first; found by invoice number, patient or visit."""
    pending = Charge.objects.filter(status=ChargeStatus.PENDING).order_by().values("visit")
    owing = Invoice.objects.filter(status__in=OWING).order_by().values("visit")
    seen = Q() if collects(user) else sight_of(user).of("patient")
    visits = Visit.objects.filter(seen, pk__in=pending.union(owing)).exclude(status="cancelled").order_by("-id")
    visits = showing(visits, "number", "opened_at", "department__name", *named())
    if branch:
        visits = visits.filter(branch=branch)
    return visits.filter(_matches(user, text)) if text.strip() else visits


def collectable_count(user: Any) -> int:
    """How many visits wait at the cash desk: for the menu."""
    return visits_to_collect(user).order_by().count()


@dataclass
class ToCollect:
    """One row of the worklist: what is pending by currency, what is owed on invoices, and where to go next."""

    visit: Visit
    charges: int = 0
    pending: list[Money] = field(default_factory=list)
    owing: list[Money] = field(default_factory=list)
    invoice_id: uuid.UUID | None = None
    number: str = ""


def to_collect(visits: Iterable[Visit]) -> list[ToCollect]:
    """Sums for a page of visits, in two queries however many rows there are."""
    rows = {visit.pk: ToCollect(visit) for visit in visits}
    if not rows:
        return []
    for found in _pending_sums(list(rows)):
        row = rows[found["visit"]]
        row.charges += found["count"]
        row.pending.append(Money(found["sum"], found["currency"]))
    for invoice in _owing_invoices(list(rows)):
        row = rows[invoice.visit_id]
        row.owing.append(invoice.due_money)
        row.invoice_id, row.number = invoice.pk, invoice.number or ""
    return list(rows.values())


@kept
def _pending_sums(visits: list[uuid.UUID]) -> QuerySet:
    pending = Charge.objects.filter(visit__id__any=visits, status=ChargeStatus.PENDING).order_by()
    return pending.values("visit", "currency").annotate(sum=Sum("amount"), count=Count("pk"))


@kept
def _owing_invoices(visits: list[uuid.UUID]) -> QuerySet[Invoice]:
    owing = Invoice.objects.filter(visit__id__any=visits, status__in=OWING).order_by("id")
    amounts = ("total", "transferred", "credited", "paid", "refunded", "written_off")
    return showing(owing, "visit", "number", "currency", *amounts)


def visible_visits(user: Any) -> QuerySet[Visit]:
    """Visits whose bill this user may read."""
    visits = Visit.objects.select_related("patient", "branch", "department", "practitioner")
    return visits.filter(visits_in_sight(user))


def visible_invoices(user: Any) -> QuerySet[Invoice]:
    """Invoices this user may read (billing.access), newest first."""
    invoices = Invoice.objects.select_related("visit", "patient", "branch", "issued_by", "discount_by").order_by("-id")
    return invoices.filter(invoices_in_sight(user))


def search_invoices(user: Any, *, text: str = "", status: str = "") -> QuerySet[Invoice]:
    """Invoices by their number (whole, or its last digits) or patient, and by status; drafts by status only."""
    invoices = visible_invoices(user)
    invoices = invoices.filter(status=status) if status else invoices.exclude(status=InvoiceStatus.DRAFT)
    if not text.strip():
        return invoices
    word = text.strip().upper()
    found = [patient.pk for patient in search_patients(user, text)]
    wanted = Q(number=word) | Q(patient__in=found)
    return invoices.filter(wanted | Q(sequence=int(word)) if word.isdecimal() and len(word) < 9 else wanted)


def visible_payments(user: Any) -> QuerySet[Payment]:
    """Payments of invoices this user may read."""
    payments = Payment.objects.select_related(
        "invoice__patient", "invoice__family", "invoice__visit", "shift__branch", "cashier"
    )
    return payments.filter(payments_in_sight(user))


def visible_shifts(user: Any) -> QuerySet[Shift]:
    """All shifts for whoever supervises; a cashier sees their own."""
    shifts = Shift.objects.select_related("drawer", "branch", "cashier", "accepted_by", "stood_in_by").order_by("-id")
    return shifts if user.may("shift:view") or user.may("shift:accept") else shifts.filter(cashier=user)


def running_shift(user: Any) -> Shift | None:
    """The cashier's own shift that is open or being counted."""
    return _running_shift.first(user.pk)


@kept
def _running_shift(cashier: uuid.UUID) -> QuerySet[Shift]:
    shifts = Shift.objects.select_related("drawer", "branch")
    return shifts.filter(cashier=cashier, status__in=RUNNING_SHIFTS)[:1]


def shifts_to_accept(user: Any) -> QuerySet[Shift]:
    """Closed shifts of others that wait for acceptance, the oldest first."""
    return visible_shifts(user).filter(status=ShiftStatus.CLOSED).exclude(cashier=user).order_by("id")


def shifts_to_accept_count(user: Any) -> int:
    """How many closed shifts of others wait for acceptance: for the menu."""
    return Shift.objects.filter(status=ShiftStatus.CLOSED).exclude(cashier=user).count()


@dataclass(frozen=True)
class MoneyStatus:
    """What a visit has cost so far: for the panel on clinical pages."""

    charges: Sequence[Charge]
    pending: list[Money]
    owing: list[Money]
    paid: list[Money]

    @property
    def is_settled(self) -> bool:
        return not self.pending and not self.owing


def money_status(visit: Any) -> MoneyStatus:
    """Pending, owed and paid of one visit by currency; three queries."""
    charges = list(Charge.objects.filter(visit=visit).exclude(status=ChargeStatus.CANCELLED))
    pending: dict[str, Decimal] = defaultdict(Decimal)
    for charge in charges:
        if charge.status == ChargeStatus.PENDING:
            pending[charge.currency] += charge.amount
    invoices = Invoice.objects.filter(visit=visit).exclude(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID])
    sums = list(
        invoices.order_by()
        .values("currency")
        .annotate(owing=Sum(Greatest(OWED, ZERO)), taken=Sum(F("paid") - F("refunded")))
    )
    return MoneyStatus(
        charges=charges,
        pending=[Money(amount, currency) for currency, amount in pending.items()],
        owing=[Money(row["owing"], row["currency"]) for row in sums if row["owing"]],
        paid=[Money(row["taken"], row["currency"]) for row in sums if row["taken"]],
    )


def _matches(user: Any, text: str) -> Q:
    found = [patient.pk for patient in search_patients(user, text)]
    word = text.strip().upper()
    of_invoice = Invoice.objects.filter(number=word).values("visit")
    return Q(patient__in=found) | Q(number=word) | Q(pk__in=of_invoice)
