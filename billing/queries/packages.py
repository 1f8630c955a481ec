"""Packages: what is offered, and what patients still have of those they bought."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from billing.models import Package, PackageCover, PackagePart, PackageUse, Price
from billing.queries.catalogue import in_force_on
from billing.states import ChargeStatus
from core.clock import today
from core.db.kept import kept


def packages_offered() -> QuerySet[Package]:
    """Every package with its standard price today (`service.current_prices`) and its contents."""
    prices = Price.objects.filter(in_force_on(today()), price_list__is_default=True)
    return Package.objects.select_related("service").prefetch_related(
        Prefetch("service__prices", prices, to_attr="current_prices"),
        Prefetch("parts", PackagePart.objects.select_related("service")),
    )


def covers_of(patient: UUID) -> QuerySet[PackageCover]:
    """What is left of a patient's packages today, what ends first before the rest."""
    return _open(patient, today()).select_related("service", "sale__package__service")


def covering(patient: UUID, code: str, priced: str, quantity: Decimal) -> list[PackageCover]:
    """Contents of packages that hold so much of a service, by its code or the one its price comes from."""
    return [row for row in _covering(patient, today(), code, priced) if row.left >= quantity]


def returnable(visit: Any) -> set[UUID]:
    """Charges of a visit that took something from a package and stand on an issued invoice."""
    taken = PackageUse.objects.filter(live=True, charge__visit=visit, charge__status=ChargeStatus.INVOICED)
    return set(taken.values_list("charge", flat=True))


@kept
def _covering(patient: UUID, day: datetime.date, code: str, priced: str) -> QuerySet[PackageCover]:
    return _open(patient, day).filter(Q(service__code=code) | Q(service__code=priced))


def _open(patient: UUID, day: datetime.date) -> QuerySet[PackageCover]:
    rows = PackageCover.objects.filter(sale__patient=patient, sale__is_open=True, sale__valid_to__gt=day)
    return rows.filter(used__lt=F("quantity")).order_by("sale__valid_to", "id")
