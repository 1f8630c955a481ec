"""Packages: set up, sold to a visit, and used up by what happens afterwards."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import PackageBegun, PackageCodeTaken, PackageNotTaken, ReasonMissing
from billing.models import (
    Charge,
    CreditNote,
    Invoice,
    Package,
    PackageCover,
    PackagePart,
    PackageSale,
    PackageUse,
    Service,
)
from billing.queries.credits import credited_by_line
from billing.queries.packages import covering
from billing.services.catalogue import set_price
from billing.services.transitions import record
from core.clock import today
from core.models import lock_current

SOURCE = "billing.package"


@transaction.atomic
def save_package(
    *,
    package: Package | None,
    version: int,
    code: str,
    names: Mapping[str, str],
    amount: Decimal,
    currency: str,
    valid_days: int,
    parts: Mapping[Service, Decimal],
    by: Any,
) -> Package:
    """A package with its price and contents, or other ones for what is sold from now on.

    Raises PackageCodeTaken, PriceInvalid, RecordChanged.
    """
    if package is None and Service.objects.filter(code=code).exists():
        raise PackageCodeTaken()
    row = lock_current(Package, package.pk, version) if package else Package()
    price = set_price(
        code=row.service.code if package else code,
        name=names,
        category="package",
        amount=amount,
        currency=currency,
        by=by,
    )
    row.service, row.valid_days = price.service, valid_days
    if package:
        row.touch_version()
    row.save()
    row.parts.all().delete()
    PackagePart.objects.bulk_create(
        PackagePart(package=row, service=service, quantity=quantity) for service, quantity in parts.items()
    )
    return row


def open_sale(package: Package, charge: Charge) -> PackageSale:
    """What a patient gets for a package just charged. It may be used once its invoice is issued."""
    sale = PackageSale.objects.create(
        package=package,
        patient_id=charge.patient_id,
        charge=charge,
        valid_to=today() + datetime.timedelta(days=package.valid_days),
    )
    PackageCover.objects.bulk_create(
        PackageCover(sale=sale, service_id=part.service_id, quantity=part.quantity) for part in package.parts.all()
    )
    return sale


def cover_of(patient_id: Any, code: str, priced: str, quantity: Decimal) -> PackageCover | None:
    """Content of a package that holds the whole quantity, its sale locked; None where the patient has none (left)."""
    for found in covering(patient_id, code, priced, quantity):
        PackageSale.objects.select_for_update(no_key=True).get(pk=found.sale_id)
        row = PackageCover.objects.select_related("sale__package__service").get(pk=found.pk)
        if row.sale.is_open and row.left >= quantity:
            return row
    return None


def use_cover(cover: PackageCover, charge: Charge) -> None:
    """Take what a charge is for; the database counts, and refuses beyond what is there."""
    PackageUse.objects.create(cover=cover, charge=charge, quantity=charge.quantity)


def give_back(charge: Charge) -> bool:
    """What a charge took is in its package again; False where it took nothing."""
    return bool(PackageUse.objects.filter(charge=charge, live=True).update(live=False))


@transaction.atomic
def return_to_package(*, charge: Charge, reason: str, by: Any) -> None:
    """Give back what an invoiced charge took from a package: it costs nothing, so no credit note can do that.

    Raises ReasonMissing, PackageNotTaken.
    """
    if not reason.strip():
        raise ReasonMissing()
    charge = Charge.objects.select_for_update(of=("self",), no_key=True).get(pk=charge.pk)
    if not give_back(charge):
        raise PackageNotTaken()
    record(charge, verb="give_back", from_status=charge.status, to_status=charge.status, by=by, reason=reason)


def check_void(invoice: Invoice) -> None:
    """Raises PackageBegun when something of a package on the invoice was taken."""
    if _begun(charge__lines__invoice=invoice):
        raise PackageBegun()


def check_credit(note: CreditNote) -> None:
    """Raises PackageBegun when the note would take back the whole price of a package of which something was taken."""
    begun = _begun(charge__lines__credits__credit_note=note)
    if not begun:
        return
    credited = credited_by_line(note.invoice)
    for part in note.lines.select_related("line"):
        if part.line.charge_id in begun and credited[part.line_id] >= part.line.worth:
            raise PackageBegun()


def _begun(**where: Any) -> set[Any]:
    """Charges of packages of which something was taken."""
    return set(PackageSale.objects.filter(covers__used__gt=0, **where).values_list("charge", flat=True))
