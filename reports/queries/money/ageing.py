"""What patients owe, by how long they have owed it. The amounts are the ledger's."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from billing.models import Invoice, Posting
from billing.states import OWING
from core.clock import day_bounds

STEPS = (30, 60, 90)  # days since the invoice was issued; the last bucket is open
ZERO = Decimal(0)


@dataclass
class Bucket:
    """Debts of one age: from so many days on, until so many (None is open), by currency."""

    since: int
    until: int | None
    invoices: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: {"USD": ZERO, "KHR": ZERO})


def ageing(day: datetime.date, *, branch: UUID | None = None) -> list[Bucket]:
    """Today's debts by their age on `day`; every bucket, also the empty ones. One statement."""
    starts = (0, *(most + 1 for most in STEPS))
    buckets = [Bucket(start, end) for start, end in zip(starts, (*STEPS, None), strict=True)]
    owing = Posting.objects.filter(account__key="receivable", entry__invoice__status__in=OWING)
    owing = owing.filter(entry__invoice__branch=branch) if branch else owing
    grouped = owing.annotate(bucket=_bucket(day)).order_by().values("bucket", "currency")
    for row in grouped.annotate(sum=Sum("amount"), invoices=Count("entry__invoice", distinct=True)):
        bucket = buckets[row["bucket"]]
        bucket.sums[row["currency"]] = row["sum"]
        bucket.invoices += row["invoices"]
    return buckets


def owing_invoices(day: datetime.date, *, bucket: int | None = None, branch: UUID | None = None) -> QuerySet[Any]:
    """Invoices not paid in full, oldest first, each with what the ledger says it owes (`owes`)."""
    owed = Posting.objects.filter(entry__invoice=OuterRef("pk"), account__key="receivable").order_by()
    sums = owed.values("entry__invoice").annotate(sum=Sum("amount")).values("sum")
    found = Invoice.objects.filter(status__in=OWING).annotate(owes=Subquery(sums))
    found = found.filter(branch=branch) if branch else found
    if bucket is not None:
        youngest, oldest = _bounds(day)[bucket]
        found = found.filter(issued_at__lt=oldest) if bucket == len(STEPS) else found.filter(issued_at__gte=oldest)
        found = found.filter(issued_at__lt=youngest)
    return found.order_by("issued_at", "id")


def age_of(issued_at: datetime.datetime, day: datetime.date) -> int:
    """Whole days from the hospital's day of issue to `day`."""
    return (day - timezone.localdate(issued_at)).days


def _bounds(day: datetime.date) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """For each bucket: issued before the first moment, and not before the second (of the last: before both)."""
    edges = [day_bounds(day - datetime.timedelta(days=most))[0] for most in STEPS]
    begins = [day_bounds(day)[1], *edges]
    return list(zip(begins, [*edges, edges[-1]], strict=True))


def _bucket(day: datetime.date) -> Case:
    return Case(*_whens(day), default=Value(len(STEPS)), output_field=IntegerField())


def _whens(day: datetime.date) -> Iterator[Any]:
    for place, (_youngest, oldest) in enumerate(_bounds(day)[:-1]):
        yield When(entry__invoice__issued_at__gte=oldest, then=Value(place))
