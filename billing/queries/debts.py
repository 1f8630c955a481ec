"""What patients owe: which part is due next, how long it has been, and what they were reminded of."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from billing.dues import filled
from billing.models import Instalment, InstalmentPlan, Invoice, Reminder, ReminderWay
from billing.pricing import ZERO
from billing.queries.bills import OWED
from billing.queries.worklist import visible_invoices
from billing.states import OWING
from core.money import Money


def owing_with_due_day(invoices: QuerySet[Invoice]) -> QuerySet[Any]:
    """Those that owe something, each with the day (`next_due`) of its first unpaid part; without a plan of its issue.

    Their plan that counts stands in `active_plans`, with its parts.
    """
    unpaid = Instalment.objects.filter(
        plan__invoice=OuterRef("pk"), plan__is_active=True, reaches__gt=F("plan__total") - OuterRef("owed")
    )
    plans = InstalmentPlan.objects.filter(is_active=True).prefetch_related("parts")
    found = invoices.filter(status__in=OWING).annotate(owed=OWED)
    next_part = Subquery(unpaid.order_by("position").values("due_on")[:1])
    issued = TruncDate("issued_at", output_field=DateField())
    return found.annotate(next_due=Coalesce(next_part, issued)).prefetch_related(
        Prefetch("plans", queryset=plans, to_attr="active_plans")
    )


def visible_debts(user: Any, *, day: datetime.date, overdue: bool = False) -> QuerySet[Any]:
    """What this user may see of debts, those due longest first; `overdue`: due before `day`."""
    found = owing_with_due_day(visible_invoices(user)).prefetch_related("reminders")
    return (found.filter(next_due__lt=day) if overdue else found).order_by("next_due", "id")


@dataclass(frozen=True)
class Part:
    """One part of a plan: what of it is paid."""

    part: Instalment
    paid: Money

    @property
    def is_paid(self) -> bool:
        return self.paid.amount == self.part.amount

    def is_overdue(self, day: datetime.date) -> bool:
        return not self.is_paid and self.part.due_on < day


def parts_of(plan: InstalmentPlan, invoice: Invoice) -> list[Part]:
    """The parts in their order, filled with what was settled since the plan was agreed."""
    parts = list(plan.parts.all())
    paid = filled([part.amount for part in parts], plan.total - invoice.balance)
    return [Part(part, Money(amount, plan.currency)) for part, amount in zip(parts, paid, strict=True)]


@dataclass(frozen=True)
class Debt:
    """One invoice of the worklist on a day: what of it is overdue, and since when."""

    invoice: Invoice
    due_on: datetime.date
    overdue: Money
    days: int
    has_plan: bool
    last_level: int


def debts_of(invoices: Iterable[Any], day: datetime.date) -> list[Debt]:
    """Rows of ``visible_debts``; no further statement."""
    return [
        Debt(
            invoice,
            invoice.next_due,
            overdue_of(invoice, day),
            max(0, (day - invoice.next_due).days),
            bool(invoice.active_plans),
            max((reminder.level for reminder in invoice.reminders.all()), default=0),
        )
        for invoice in invoices
    ]


def overdue_of(invoice: Any, day: datetime.date) -> Money:
    """What should have been paid before a day: of an invoice with its `active_plans`."""
    if not invoice.active_plans:
        return invoice.due_money
    parts = [one for one in parts_of(invoice.active_plans[0], invoice) if one.is_overdue(day)]
    missing = sum((one.part.amount - one.paid.amount for one in parts), ZERO)
    return Money(min(missing, invoice.balance), invoice.currency)


def plan_of(invoice: Invoice) -> InstalmentPlan | None:
    """The plan of an invoice that counts."""
    return InstalmentPlan.objects.filter(invoice=invoice, is_active=True).select_related("agreed_by").first()


def visible_reminders(user: Any) -> QuerySet[Reminder]:
    """Reminders of invoices this user may read."""
    seen = visible_invoices(user).order_by().values("pk")
    return Reminder.objects.filter(invoice__in=seen).select_related("invoice__patient", "invoice__branch")


def letters_to_print(user: Any) -> QuerySet[Reminder]:
    """Letters nobody has printed yet, the oldest first."""
    waiting = visible_reminders(user).filter(way=ReminderWay.LETTER, printed_at=None)
    return waiting.filter(invoice__status__in=OWING).order_by("id")
