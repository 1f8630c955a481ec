"""Revenue by service, without tax: the invoice lines behind the ledger's entries, and whether both come to the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.expressions import Combinable

from billing.models import CreditLine, Entry, EntryKind, InvoiceLine
from billing.models.catalogue import Service
from reports.queries.money.definitions import REVENUE
from reports.queries.money.grouping import Period, Sums, totals

ZERO = Decimal(0)


@dataclass
class Sold:
    """One service in the period: how often it was billed (voids and credits taken off the money only), and for what."""

    code: str
    name: str = ""
    times: int = 0
    usd: Decimal = ZERO
    khr: Decimal = ZERO


@dataclass(frozen=True)
class Sales:
    rows: list[Sold]
    ledger: Sums

    @property
    def usd(self) -> Decimal:
        return sum((row.usd for row in self.rows), ZERO)

    @property
    def khr(self) -> Decimal:
        return sum((row.khr for row in self.rows), ZERO)

    @property
    def agrees(self) -> bool:
        """The lines come to what the revenue accounts say."""
        return (self.usd, self.khr) == (self.ledger.usd, self.ledger.khr)


def sales(period: Period) -> Sales:
    """What was billed, less what was voided and credited, service by service; four statements."""
    found: dict[str, Sold] = {}
    issued = InvoiceLine.objects.filter(invoice__in=_posted(EntryKind.INVOICE_ISSUED, period))
    voided = InvoiceLine.objects.filter(invoice__in=_posted(EntryKind.INVOICE_VOIDED, period))
    credited = CreditLine.objects.filter(credit_note__in=_posted(EntryKind.CREDIT_NOTE, period))
    _add(found, _by_service(issued, "service_code", F("amount") - F("tax")), 1, counts=True)
    _add(found, _by_service(voided, "service_code", F("amount") - F("tax")), -1)
    _add(found, _by_service(credited, "line__service_code", F("gross") - F("tax")), -1)
    names = {one.code: one.name for one in Service.objects.filter(code__in=found)}
    for row in found.values():
        row.name = names.get(row.code, "")
    return Sales(sorted(found.values(), key=lambda row: row.code), totals(REVENUE, period))


def _posted(kind: EntryKind, period: Period) -> QuerySet[Entry, Any]:
    entries = Entry.objects.filter(kind=kind, date__gte=period.since, date__lte=period.until)
    return (entries.filter(branch=period.branch) if period.branch else entries).order_by().values("source_id")


def _by_service(lines: QuerySet[Any], code: str, amount: Combinable) -> Iterable[dict[str, Any]]:
    rows = lines.order_by().values(code, "currency").annotate(sum=Sum(amount), times=Count("pk"))
    return ({"code": row[code], **row} for row in rows)


def _add(found: dict[str, Sold], rows: Iterable[dict[str, Any]], sign: int, *, counts: bool = False) -> None:
    for row in rows:
        sold = found.setdefault(row["code"], Sold(row["code"]))
        currency = row["currency"].lower()
        setattr(sold, currency, getattr(sold, currency) + sign * row["sum"])
        sold.times += row["times"] if counts else 0
