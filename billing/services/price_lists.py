"""Setting up price lists and the public holidays they look at."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from billing.choice import conditions
from billing.errors import ListWithoutCondition
from billing.models import Adjustment, Holiday, PriceList
from billing.models.snapshot import SUFFIXES
from core.models import lock_current

TERMS = (
    *("priority", "branch", "payer", "nationality", "days", "starts_at", "ends_at", "valid_from", "valid_to"),
    *("adjustment", "percent", "amount", "currency", "adjusts"),
)


@transaction.atomic
def add_price_list(*, code: str, names: Mapping[str, str], terms: Mapping[str, Any], by: Any) -> PriceList:
    """A new list beside the default one. Raises ListWithoutCondition where it would hold for everybody always."""
    price_list = PriceList(code=code)
    _set_terms(price_list, names, terms)
    price_list.save(force_insert=True)
    return price_list


@transaction.atomic
def change_price_list(
    *, price_list: PriceList, version: int, names: Mapping[str, str], terms: Mapping[str, Any], by: Any
) -> PriceList:
    """Other terms from now on; charges made keep the version they were priced by.

    The default list only takes names. Raises RecordChanged, ListWithoutCondition.
    """
    price_list = lock_current(PriceList, price_list.pk, version)
    _set_terms(price_list, names, {} if price_list.is_default else terms)
    price_list.touch_version()
    price_list.save()
    return price_list


@transaction.atomic
def save_holiday(*, date: datetime.date, names: Mapping[str, str], by: Any) -> Holiday:
    """The holiday of a day with these names, made where there is none."""
    holiday = Holiday.objects.select_for_update().filter(date=date).first() or Holiday(date=date)
    _set_names(holiday, names)
    holiday.save()
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: Any) -> None:
    """The day is an ordinary one again; what was charged on it stays."""
    holiday.delete()


def _set_terms(price_list: PriceList, names: Mapping[str, str], terms: Mapping[str, Any]) -> None:
    _set_names(price_list, names)
    for term, value in terms.items():
        if term not in TERMS:
            raise ValueError(f"Unknown term of a price list: {term}")
        setattr(price_list, term, value)
    price_list.percent = price_list.percent if price_list.adjustment == Adjustment.PERCENT else None
    if price_list.adjustment != Adjustment.AMOUNT:
        price_list.amount, price_list.currency = None, ""
    if not price_list.is_default and not conditions(price_list):
        raise ListWithoutCondition()


def _set_names(row: Any, names: Mapping[str, str]) -> None:
    for code, suffix in SUFFIXES.items():
        setattr(row, f"name_{suffix}", names.get(code) or names["en"])
