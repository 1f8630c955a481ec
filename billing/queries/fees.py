"""Doctors' fees: the shares in force, what is owed to whom, and the statement of a month."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from accounts.models import User
from billing.models import FeeAccount, FeeMove, FeePayout, FeeRule
from billing.queries.catalogue import in_force_on
from core.db.kept import kept
from core.money import Money

ZERO = Decimal(0)


@kept
def rules_of(doctor: UUID, day: datetime.date) -> QuerySet[FeeRule]:
    """The shares of a doctor that hold on a day."""
    return FeeRule.objects.filter(in_force_on(day), doctor=doctor).order_by()


def rules(doctor: User | None = None) -> QuerySet[FeeRule]:
    """Every share that was ever agreed, of one doctor or of all, the newest first."""
    found = FeeRule.objects.select_related("doctor", "service", "set_by").order_by("-valid_from", "-id")
    return found.filter(doctor=doctor) if doctor else found


def owed_to_doctors() -> QuerySet[FeeAccount]:
    """What stands on each doctor's account, by name."""
    return FeeAccount.objects.select_related("doctor").order_by("doctor__full_name", "doctor", "-currency")


def payouts(doctor: User | None = None) -> QuerySet[FeePayout]:
    """Payouts, the newest first."""
    found = FeePayout.objects.select_related("doctor", "account", "requested_by", "decided_by", "shift")
    return (found.filter(doctor=doctor) if doctor else found).order_by("-id")


@dataclass(frozen=True)
class Column:
    """One currency of a statement: what was owed before the month, what it moved, and what is owed after it."""

    currency: str
    before: Money
    earned: Money
    taken_back: Money
    paid: Money
    after: Money


@dataclass(frozen=True)
class Statement:
    """A doctor's month: sums by currency, and the moves they are made of."""

    columns: Sequence[Column]
    moves: QuerySet[FeeMove]


def statement_of(doctor: User, month: datetime.date) -> Statement:
    """What a doctor earned and got in the month that begins on this day; each move names its entry in the ledger."""
    ends = (month + datetime.timedelta(days=32)).replace(day=1)
    own = FeeMove.objects.filter(account__doctor=doctor)
    moves = own.filter(date__gte=month, date__lt=ends).select_related("entry", "line__invoice", "rule", "payout")
    of_line = Q(date__gte=month, line__isnull=False)
    sums = (
        own.filter(date__lt=ends)
        .order_by("-currency")
        .values("currency")
        .annotate(
            before=Sum("amount", filter=Q(date__lt=month), default=ZERO),
            earned=Sum("amount", filter=of_line & Q(amount__gt=0), default=ZERO),
            taken_back=Sum("amount", filter=of_line & Q(amount__lt=0), default=ZERO),
            paid=Sum(-F("amount"), filter=Q(date__gte=month, payout__isnull=False), default=ZERO),
            after=Sum("amount"),
        )
    )
    columns = [
        Column(
            row["currency"],
            before=Money(row["before"], row["currency"]),
            earned=Money(row["earned"], row["currency"]),
            taken_back=Money(row["taken_back"], row["currency"]),
            paid=Money(row["paid"], row["currency"]),
            after=Money(row["after"], row["currency"]),
        )
        for row in sums
    ]
    return Statement(columns, moves.order_by("-id"))
