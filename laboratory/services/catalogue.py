"""Changing this hospital's catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from billing.models import Category
from billing.services.catalogue import set_price
from laboratory.errors import RangeOverlaps
from laboratory.models import Panel, ReferenceRange, Test


@transaction.atomic
def save_test(*, test: Test, price: Decimal | None = None, currency: str = "", by) -> Test:
    """Save a new or changed test, and its price where one is given."""
    test.full_clean(validate_unique=True)
    test.save()
    if price is not None:
        _set_price(test, price, currency, by=by)
    return test


@transaction.atomic
def save_range(*, span: ReferenceRange, by) -> ReferenceRange:
    """Save a range; two ranges of one test that cover the same sex and age contradict each other (RangeOverlaps)."""
    Test.objects.select_for_update().get(pk=span.test_id)
    others = ReferenceRange.objects.filter(test_id=span.test_id, sex=span.sex).exclude(pk=span.pk)
    if any(_overlap(span, other) for other in others):
        raise RangeOverlaps
    try:
        with transaction.atomic():
            span.save()
    except IntegrityError as error:
        raise RangeOverlaps from error
    return span


@transaction.atomic
def delete_range(*, span: ReferenceRange, by) -> None:
    """Take a range away; results keep the range they were judged by."""
    span.delete()


@transaction.atomic
def confirm_ranges(*, test: Test, by) -> int:
    """The head of the laboratory confirms limits and ranges of a test; returns how many ranges were unconfirmed."""
    test.limits_confirmed = True
    test.save(update_fields=["limits_confirmed", "updated_at"])
    return test.ranges.filter(confirmed=False).update(confirmed=True)


def _set_price(service: Test | Panel, amount: Decimal, currency: str, *, by) -> None:
    set_price(
        code=service.charge_code,
        name=_names(service),
        category=Category.LABORATORY,
        amount=amount,
        currency=currency,
        by=by,
    )


def _names(service: Any) -> Mapping[str, str]:
    return {
        code: getattr(service, f"name_{code.replace('-', '_')}") or service.name_en for code, _ in settings.LANGUAGES
    }


def _overlap(one: ReferenceRange, other: ReferenceRange) -> bool:
    starts_before_end = other.age_to is None or one.age_from < other.age_to
    return starts_before_end and (one.age_to is None or other.age_from < one.age_to)
