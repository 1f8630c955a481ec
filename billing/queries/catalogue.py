"""Reading prices and rates."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.errors import RateMissing
from billing.models import ExchangeRate, Price, Service, Unit
from core.clock import day_of, today
from core.db.kept import kept


def in_force_on(day: datetime.date) -> Q:
    """Prices that count on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def price_in_force(code: str, day: datetime.date | None = None) -> Price | None:
    """Today's standard price of a service, on the default list; CONS-ENT falls back to CONS. None when neither has one.

    What a patient pays may differ: see billing.queries.quotes.
    """
    general = code.split("-", 1)[0]
    rows = (
        Price.objects.filter(in_force_on(day or today()), price_list__is_default=True)
        .filter(service__code__in={code, general}, service__is_active=True)
        .select_related("service", "price_list")
    )
    found = {row.service.code: row for row in rows}
    return found.get(code) or found.get(general)


def prices_in_force(codes: Iterable[str]) -> dict[str, Price]:
    """Today's prices of many services by code, one query: for order forms that show what things cost."""
    rows = Price.objects.filter(in_force_on(today()), price_list__is_default=True, service__code__in=list(codes))
    return {row.service.code: row for row in rows.select_related("service")}


def search_services(text: str = "", category: str = "") -> QuerySet[Service]:
    """The catalogue by code or by name in any language."""
    services = Service.objects.order_by("code")
    if category:
        services = services.filter(category=category)
    for word in text.split():
        services = services.filter(
            Q(code__icontains=word)
            | Q(name_en__icontains=word)
            | Q(name_km__icontains=word)
            | Q(name_zh_hans__icontains=word)
        )
    return services


def charged_by_time() -> QuerySet[Service]:
    """What is charged by the days or hours begun."""
    return Service.objects.filter(is_active=True).exclude(unit=Unit.EACH).order_by("code")


def current_rate(day: datetime.date | None = None) -> ExchangeRate:
    """The exchange rate that counts on a day. Raises RateMissing."""
    rate = _rate_on.first(day or today())
    if rate is None:
        raise RateMissing()
    return rate


def usable_rate(day: datetime.date | None = None) -> Decimal | None:
    """Riel for one dollar on a day, None where none was ever set."""
    rate = _rate_on.first(day or today())
    return rate.riel_per_dollar if rate else None


def rate_known_at(moment: datetime.datetime) -> Decimal | None:
    """Riel for one dollar as it counted at a moment, whatever was set later; None where none was."""
    rates = ExchangeRate.objects.filter(effective_on__lte=day_of(moment), created_at__lte=moment)
    rate = rates.order_by("-effective_on", "-created_at").first()
    return rate.riel_per_dollar if rate else None


@kept
def _rate_on(day: datetime.date) -> QuerySet[ExchangeRate]:
    return ExchangeRate.objects.filter(effective_on__lte=day).order_by("-effective_on", "-created_at")[:1]


def latest_rate() -> ExchangeRate | None:
    """Today's rate, None where none was ever set: for pages that only show it."""
    try:
        return current_rate()
    except RateMissing:
        return None
