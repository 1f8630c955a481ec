"""Writing the catalogue: services and the prices they have from a day on."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from billing.errors import PriceInvalid
from billing.models import Category, Price, PriceList, Service
from core.clock import today
from core.money import quantize

DEFAULT_LIST = "STANDARD"


@transaction.atomic
def set_price(
    *,
    code: str,
    amount: Decimal,
    currency: str,
    name: str | Mapping[str, str] | None = None,
    category: str | None = None,
    valid_from: datetime.date | None = None,
    price_list: PriceList | None = None,
    by: Any = None,
) -> Price:
    """Give a service a price from `valid_from` (today) on; the one before ends there, a planned one still follows.

    A new `code` makes the service: then `name` (one text, or texts by language code) and `category` are needed.
    Setting the price it already has changes nothing. Raises PriceInvalid.
    """
    amount = quantize(Decimal(amount), currency)
    if amount < 0:
        raise PriceInvalid()
    service = save_service(code=code, name=name, category=category)
    price_list = price_list or default_price_list()
    starts = valid_from or today()
    rows = list(Price.objects.select_for_update().filter(service=service, price_list=price_list).order_by("valid_from"))
    current = _in_force(rows, starts)
    if current and (current.amount, current.currency) == (amount, currency):
        return current
    if current:
        Price.objects.filter(pk=current.pk).update(valid_to=starts)
    return Price.objects.create(
        service=service,
        price_list=price_list,
        amount=amount,
        currency=currency,
        valid_from=starts,
        valid_to=_next_start(rows, starts),
        set_by=by,
    )


@transaction.atomic
def set_unit(*, service: Service, unit: str, grace_minutes: int, by: Any, tax_rate: Decimal | None = None) -> Service:
    """What the price of a service is for from now on, and the tax in it; charges made and invoices keep theirs."""
    service = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    service.unit, service.grace_minutes, service.tax_rate = unit, grace_minutes, tax_rate
    service.save(update_fields=["unit", "grace_minutes", "tax_rate", "updated_at"])
    return service


@dataclass(frozen=True)
class Offer:
    """A service with the price it begins with; names by language code."""

    code: str
    names: Mapping[str, str]
    category: str
    amount: Decimal
    currency: str


@transaction.atomic
def load_prices(offers: Sequence[Offer], *, valid_from: datetime.date) -> None:
    """Starting prices of a whole catalogue, in two statements; for a service that is there already as `set_price`."""
    known = set(Service.objects.filter(code__in=[offer.code for offer in offers]).values_list("code", flat=True))
    new = [offer for offer in offers if offer.code not in known]
    services = Service.objects.bulk_create(
        Service(code=offer.code, category=offer.category, **_name_columns(offer.names)) for offer in new
    )
    price_list = default_price_list()
    Price.objects.bulk_create(
        Price(
            service=service,
            price_list=price_list,
            amount=quantize(offer.amount, offer.currency),
            currency=offer.currency,
            valid_from=valid_from,
        )
        for service, offer in zip(services, new, strict=True)
    )
    for offer in offers:
        if offer.code in known:
            set_price(
                code=offer.code,
                name=offer.names,
                category=offer.category,
                amount=offer.amount,
                currency=offer.currency,
                valid_from=valid_from,
            )


def save_service(*, code: str, name: str | Mapping[str, str] | None = None, category: str | None = None) -> Service:
    """The service of this code, locked, with its name and category brought up to date; made when it is new."""
    if category is not None and category not in Category.values:
        raise ValueError(f"Unknown category of service: {category}")
    values = {**_name_columns(name), **({"category": category} if category else {})}
    service, created = Service.objects.select_for_update().get_or_create(code=code, defaults=values)
    changed = [] if created else [column for column, value in values.items() if getattr(service, column) != value]
    if changed:
        for column in changed:
            setattr(service, column, values[column])
        service.save()
    return service


def default_price_list() -> PriceList:
    """The hospital's price list for whoever has no other."""
    return PriceList.objects.get(is_default=True)


def _name_columns(name: str | Mapping[str, str] | None) -> dict[str, str]:
    if name is None:
        return {}
    if isinstance(name, str):
        return {"name_en": name}
    languages = [code for code, _label in settings.LANGUAGES]
    texts = {key.replace("_", "-").lower(): text for key, text in name.items()}
    return {f"name_{code.replace('-', '_')}": texts[code] for code in languages if texts.get(code)}


def _in_force(rows: list[Price], day: datetime.date) -> Price | None:
    return next((row for row in rows if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)), None)


def _next_start(rows: list[Price], day: datetime.date) -> datetime.date | None:
    later = [row.valid_from for row in rows if row.valid_from > day and row.valid_to != row.valid_from]
    return min(later, default=None)
