"""Promotions that are in force, and the best of them for an invoice."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from billing import pricing
from billing.models import Invoice, InvoiceLine, Promotion
from core.clock import today
from core.db.kept import kept


@dataclass(frozen=True)
class Cut:
    """What a promotion takes off each line of an invoice."""

    promotion: Promotion
    cuts: list[Decimal]
    total: Decimal


def best_promotion(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Cut | None:
    """The promotion that takes most off, of those for everybody and the one whose code was given; None without any.

    Among equals the code decides, so that the same invoice always gets the same one.
    """
    found = [_cut(promotion, invoice, lines) for promotion in _in_force(today(), invoice.promotion_code)]
    best = max(found, key=lambda one: one.total, default=None)
    return best if best and best.total else None


@kept
def _in_force(day: datetime.date, code: str) -> QuerySet[Promotion]:
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    free = Q(usage_limit__isnull=True) | Q(used__lt=F("usage_limit"))
    offered = Q(is_automatic=True) | Q(code=code)
    return Promotion.objects.filter(lasting, free, offered, valid_from__lte=day).order_by("code")


def promotion_by_code(code: str) -> Promotion | None:
    """A promotion in force with this code, which somebody typed."""
    code = code.strip().upper()
    return next((one for one in _in_force(today(), code) if one.code == code), None)


def _cut(promotion: Promotion, invoice: Invoice, lines: Sequence[InvoiceLine]) -> Cut:
    cuts = pricing.promotion_cuts(
        [line.price_money for line in lines],
        [promotion.is_for(line.service_code, line.category) for line in lines],
        currency=invoice.currency,
        rate=invoice.rate,
        share=promotion.rate,
        off=promotion.off,
    )
    return Cut(promotion, cuts, sum(cuts, Decimal(0)))
