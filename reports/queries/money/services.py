"""Revenue by service, without tax: the invoice lines behind the ledger's entries, and whether both come to the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
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


@dataclass(frozen=True)
class Source:
    """Where a part of the figures comes from: an event of the ledger, its lines, and on which side they count."""

    kind: EntryKind
    lines: QuerySet[Any]
    event: str  # from a line to what the entry was posted for
    line: str  # from a line to the invoice's line
    amount: Combinable
    sign: int


BEFORE_TAX = F("amount") - F("tax")
SOURCES = (
    Source(EntryKind.INVOICE_ISSUED, InvoiceLine.objects.all(), "invoice", "", BEFORE_TAX, 1),
    Source(EntryKind.INVOICE_VOIDED, InvoiceLine.objects.all(), "invoice", "", BEFORE_TAX, -1),
    Source(EntryKind.CREDIT_NOTE, CreditLine.objects.all(), "credit_note", "line__", F("gross") - F("tax"), -1),
)


def lines_behind(period: Period, code: str = "") -> QuerySet[Any, dict[str, Any]]:
    """What the figures of one service, or of all, are made of, newest first: signed amounts line by line."""
    first, *others = (_lines(source, period, code) for source in SOURCES)
    return first.union(*others, all=True).order_by("-date", "-entry", "place")


def _lines(source: Source, period: Period, code: str) -> QuerySet[Any, dict[str, Any]]:
    entry = Entry.objects.filter(kind=source.kind, source_id=OuterRef(source.event))
    lines = _lines_in(source, period)
    lines = lines.filter(**{f"{source.line}service_code": code}) if code else lines
    return lines.order_by().values(
        date=Subquery(entry.values("date")[:1]),
        entry=Subquery(entry.values("pk")[:1]),
        kind=Value(str(source.kind)),
        number=F(f"{source.line}invoice__number"),
        code=F(f"{source.line}service_code"),
        place=F(f"{source.line}position"),
        money=source.sign * source.amount,
        in_currency=F("currency"),
    )


def sales(period: Period) -> Sales:
    """What was billed, less what was voided and credited, service by service; four statements."""
    found: dict[str, Sold] = {}
    for source in SOURCES:
        rows = _by_service(_lines_in(source, period), f"{source.line}service_code", source.amount)
        _add(found, rows, source.sign, counts=source.kind == EntryKind.INVOICE_ISSUED)
    names = {one.code: one.name for one in Service.objects.filter(code__in=found)}
    for row in found.values():
        row.name = names.get(row.code, "")
    return Sales(sorted(found.values(), key=lambda row: row.code), totals(REVENUE, period))


def _lines_in(source: Source, period: Period) -> QuerySet[Any]:
    return source.lines.filter(**{f"{source.event}__in": _posted(source.kind, period)})


def _posted(kind: EntryKind, period: Period) -> QuerySet[Entry, Any]:
    entries = Entry.objects.filter(kind=kind, date__gte=period.since, date__lte=period.until)
    return (entries.filter(branch=period.branch) if period.branch else entries).order_by().values("source_id")


def _by_service(lines: QuerySet[Any], code: str, amount: Combinable) -> Iterable[dict[str, Any]]:
    rows = lines.order_by().values(code, "currency").annotate(sum=Sum(amount), times=Count("pk"))
    return ({"code": row[code], **row} for row in rows)


def _add(found: dict[str, Sold], rows: Iterable[dict[str, Any]], sign: int, *, counts: bool) -> None:
    for row in rows:
        sold = found.setdefault(row["code"], Sold(row["code"]))
        currency = row["currency"].lower()
        setattr(sold, currency, getattr(sold, currency) + sign * row["sum"])
        sold.times += row["times"] if counts else 0
