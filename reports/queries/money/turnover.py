"""Turnover by month and rate of VAT, without the tax: of the lines frozen on invoices, voids and credit notes.

The ledger tells how much tax there is, not on what at which rate; so the lines are read, and compared with the ledger.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.models import CreditLine, CreditNote, Entry, EntryKind, InvoiceLine
from core.money import Money
from reports.queries.money.definitions import TAX, TURNOVER
from reports.queries.money.grouping import Period, Sums, totals

ZERO = Decimal(0)
DOCUMENTS = (EntryKind.INVOICE_ISSUED, EntryKind.INVOICE_VOIDED, EntryKind.CREDIT_NOTE)
ALL, EXEMPT, TAXABLE = (ZERO, Decimal(1)), (ZERO, ZERO), (Decimal("0.0001"), Decimal(1))  # from one rate to another
Rates = tuple[Decimal, Decimal]

# By document, rate and currency; a document has one currency and one rate of exchange, frozen on its entry. Its tax in
# the base currency is the ledger's, divided among its rates: running totals are rounded, so that the parts add up.
_WORTH = """
WITH documents AS ({documents}),
taxed AS (
    SELECT p.entry_id, -sum(p.base_amount) AS base FROM billing_posting p
    JOIN billing_account a ON a.id = p.account_id
    WHERE a.key = 'vat' AND p.entry_id IN (SELECT id FROM documents) GROUP BY p.entry_id
),
lines AS (
    SELECT d.id, l.tax_rate, l.currency, CASE d.kind WHEN 'invoice_voided' THEN -1 ELSE 1 END AS sign,
        l.net + l.covered + l.exempted AS paid, l.tax
    FROM documents d JOIN billing_invoiceline l ON l.invoice_id = d.source_id
    UNION ALL
    SELECT d.id, l.tax_rate, c.currency, -1, c.net + c.covered + c.exempted, c.tax
    FROM documents d JOIN billing_creditline c ON c.credit_note_id = d.source_id
    JOIN billing_invoiceline l ON l.id = c.line_id
),
rates AS (
    SELECT id, tax_rate, currency, sum(sign * (paid - tax)) AS net, sum(sign * tax) AS tax
    FROM lines GROUP BY id, tax_rate, currency
),
reached AS (
    SELECT r.*, d.date,
        CASE WHEN r.currency = d.base_currency THEN r.net
            WHEN d.base_currency = 'USD' THEN round(r.net / d.rate, 2) ELSE round(r.net * d.rate) END AS base_net,
        coalesce(round(t.base * sum(r.tax) OVER upward / nullif(sum(r.tax) OVER (PARTITION BY r.id), 0),
            CASE d.base_currency WHEN 'USD' THEN 2 ELSE 0 END), 0) AS tax_reached
    FROM rates r JOIN documents d ON d.id = r.id LEFT JOIN taxed t ON t.entry_id = r.id
    WINDOW upward AS (PARTITION BY r.id ORDER BY r.tax_rate)
),
worth AS (
    SELECT *, tax_reached - lag(tax_reached, 1, 0::numeric) OVER (PARTITION BY id ORDER BY tax_rate) AS base_tax
    FROM reached
)
SELECT {owner},
    coalesce(sum(net) FILTER (WHERE currency = 'USD'), 0), coalesce(sum(net) FILTER (WHERE currency = 'KHR'), 0),
    sum(base_net),
    coalesce(sum(tax) FILTER (WHERE currency = 'USD'), 0), coalesce(sum(tax) FILTER (WHERE currency = 'KHR'), 0),
    sum(base_tax)
FROM worth WHERE tax_rate BETWEEN %s AND %s GROUP BY {owner} ORDER BY {owner}
"""


@dataclass(frozen=True)
class Taxed:
    """What was charged without tax (`net`) and the tax on it; after discounts, whoever pays."""

    net: Sums = field(default_factory=Sums)
    tax: Sums = field(default_factory=Sums)


@dataclass(frozen=True)
class Row:
    """One rate in one month; the rate 0 is what is exempt."""

    month: datetime.date
    rate: Decimal
    taxed: Taxed


@dataclass(frozen=True)
class Document:
    """An invoice issued or voided, or the credit note of that number, in its own currency and in the base currency."""

    entry: Entry
    credit_note: str
    taxed: Taxed

    @property
    def net(self) -> Money:
        return self._own(self.taxed.net)

    @property
    def tax(self) -> Money:
        return self._own(self.taxed.tax)

    @property
    def net_in_base(self) -> Money | None:
        return self._in_base(self.taxed.net)

    @property
    def tax_in_base(self) -> Money | None:
        return self._in_base(self.taxed.tax)

    def _own(self, sums: Sums) -> Money:
        return Money(sums.usd + sums.khr, self.entry.invoice.currency)

    def _in_base(self, sums: Sums) -> Money | None:
        """None where it is the same currency."""
        base = self.entry.base_currency
        return None if base == self.entry.invoice.currency else Money(sums.base, base)


@dataclass(frozen=True)
class Turnover:
    """The rows, and what the ledger says: revenue less discounts, and VAT to be paid."""

    rows: list[Row]
    ledger: Taxed

    @property
    def taxable(self) -> Taxed:
        return _total(row.taxed for row in self.rows if row.rate)

    @property
    def exempt(self) -> Taxed:
        return _total(row.taxed for row in self.rows if not row.rate)

    @property
    def total(self) -> Taxed:
        return _total(row.taxed for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Turnover is the ledger's in each currency, the tax also in the base currency."""
        found, ledger = self.total, self.ledger
        return found.tax == ledger.tax and (found.net.usd, found.net.khr) == (ledger.net.usd, ledger.net.khr)


def turnover(period: Period) -> Turnover:
    """What was invoiced in the period, less what was voided and credited in it, by month and rate; three statements."""
    owner = "date_trunc('month', date)::date, tax_rate"
    rows = [Row(month, rate, _taxed(sums)) for month, rate, *sums in _added_up(documents(period), owner)]
    return Turnover(rows, Taxed(totals(TURNOVER, period), totals(TAX, period)))


def documents(period: Period, rates: Rates = ALL) -> QuerySet[Entry]:
    """Invoices issued and voided, and credit notes, with something at these rates."""
    entries = Entry.objects.filter(kind__in=DOCUMENTS, date__gte=period.since, date__lte=period.until)
    entries = entries.filter(branch=period.branch) if period.branch else entries
    if rates == ALL:
        return entries
    lines = InvoiceLine.objects.filter(invoice=OuterRef("source_id"), tax_rate__range=rates)
    credited = CreditLine.objects.filter(credit_note=OuterRef("source_id"), line__tax_rate__range=rates)
    return entries.filter(Q(Exists(lines)) | Q(Exists(credited)))


def with_figures(entries: Iterable[Entry], rates: Rates) -> list[Document]:
    """What documents come to at these rates; two statements."""
    entries = list(entries)
    chosen = Entry.objects.filter(pk__in=[entry.pk for entry in entries])
    figures = {pk: _taxed(sums) for pk, *sums in _added_up(chosen, "id", rates)} if entries else {}
    numbers = dict(CreditNote.objects.filter(pk__in=[one.source_id for one in entries]).values_list("pk", "number"))
    return [Document(one, numbers.get(one.source_id, ""), figures[one.pk]) for one in entries]


def within(period: Period, month: datetime.date) -> Period:
    """The days of the period that lie in a month."""
    following = (month.replace(day=1) + datetime.timedelta(days=31)).replace(day=1)
    last = following - datetime.timedelta(days=1)
    return Period(max(period.since, month.replace(day=1)), min(period.until, last), period.branch)


def _added_up(entries: QuerySet[Entry], owner: str, rates: Rates = ALL) -> list[tuple[Any, ...]]:
    columns = entries.order_by().values("id", "kind", "date", "source_id", "rate", "base_currency")
    statement, given = columns.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_WORTH.format(documents=statement, owner=owner), [*given, *rates])
        return list(cursor.fetchall())


def _taxed(sums: list[Decimal]) -> Taxed:
    return Taxed(Sums(*sums[:3]), Sums(*sums[3:]))


def _total(parts: Iterable[Taxed]) -> Taxed:
    parts = list(parts)
    return Taxed(_sum([one.net for one in parts]), _sum([one.tax for one in parts]))


def _sum(parts: list[Sums]) -> Sums:
    return Sums(*(sum((getattr(one, name) for one in parts), ZERO) for name in ("usd", "khr", "base")))
