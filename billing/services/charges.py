"""Charges are written here by the departments where the event happened, inside the event's own transaction."""

import datetime
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from billing import pricing
from billing.durations import units_begun
from billing.errors import (
    ChargeAlreadyInvoiced,
    ChargeInvalid,
    ChargeNotPending,
    DurationInvalid,
    PriceMissing,
    ReasonMissing,
    VisitCancelled,
)
from billing.errors_time import DurationOverlaps
from billing.models import Charge, InvoiceLine, Package, PackageCover, PackageSale, Price, Unit
from billing.models.snapshot import SUFFIXES
from billing.queries.quotes import Quote, quote_for_visit
from billing.services import drafts, packages
from billing.services.settlement import announce_if_settled
from billing.services.transitions import move, record
from billing.states import CHARGE_FLOW, ChargeStatus
from core.ids import new_id
from core.money import Money


@transaction.atomic
def capture(
    *,
    visit: Any,
    source_kind: str,
    source_id: uuid.UUID,
    service_code: str,
    quantity: Decimal = Decimal(1),
    text: str = "",
    performer_id: uuid.UUID | None = None,
    by: Any = None,
    quote: Quote | None = None,
) -> Charge:
    """Charge an event to a visit at the price it has for this patient now; the same event returns the same charge.

    `text` is what the department calls the thing and stands beside the catalogue's name. `performer_id` is the doctor
    whose work it is, the visit's where the department names none (decision 0039). A code such as CONS-ENT that has no
    price of its own takes that of its general code (CONS). Raises PriceMissing, ChargeInvalid, VisitCancelled.
    """
    existing = _charge_of(source_kind, source_id)
    if existing:
        return existing
    if visit.status == "cancelled":
        raise VisitCancelled()
    quantity = Decimal(quantity)
    if quantity <= 0:
        raise ChargeInvalid()
    quote = quote or quote_for_visit(service_code, visit)
    if quote is None:
        raise PriceMissing(code="price_missing")
    cover, quote = _held(visit, service_code, quantity, quote)
    charge = charge_by(
        quote,
        visit=visit,
        source_kind=source_kind,
        source_id=source_id,
        service_code=service_code,
        quantity=quantity,
        text=text,
        performer_id=performer_id,
        by=by,
    )
    saved = _saved_or_first(charge, by)
    if cover and saved is charge:
        packages.use_cover(cover, charge)
    return saved


@transaction.atomic
def sell_package(*, package: Package, visit: Any, by: Any) -> PackageSale:
    """Charge a package to a visit, once; what it holds costs nothing from the issue of its invoice on.

    Raises PriceMissing, VisitCancelled.
    """
    charge = capture(
        visit=visit,
        source_kind=packages.SOURCE,
        source_id=new_id(),
        service_code=package.service.code,
        by=by,
    )
    return packages.open_sale(package, charge)


def _held(visit: Any, service_code: str, quantity: Decimal, quote: Quote) -> tuple[PackageCover | None, Quote]:
    """What a package of the patient holds of a service, and the price with its step to nothing.

    What is free anyway takes nothing from a package.
    """
    if not quote.unit:
        return None, quote
    cover = packages.cover_of(visit.patient_id, service_code, quote.price.service.code, quantity)
    if cover is None:
        return None, quote
    told = f"{cover.sale.package.service.code} {cover.sale.last_day}"
    return cover, replace(quote, steps=[*quote.steps, pricing.Step("package", Money.zero(quote.unit.currency), told)])


@transaction.atomic
def capture_duration(
    *,
    visit: Any,
    source_kind: str,
    source_id: uuid.UUID,
    service_code: str,
    began: datetime.datetime,
    ended: datetime.datetime,
    text: str = "",
    performer_id: uuid.UUID | None = None,
    by: Any = None,
) -> Charge:
    """Charge something that lasted (a bed, oxygen) by the days or hours begun, at the price of when it began.

    Unit and minutes of grace are the service's. Raises DurationInvalid, DurationOverlaps where the patient is charged
    for a part of that time already, and what ``capture`` raises.
    """
    quote, quantity = _by_time(visit, service_code, began, ended)
    return capture(
        visit=visit,
        source_kind=source_kind,
        source_id=source_id,
        service_code=service_code,
        quantity=quantity,
        text=text,
        performer_id=performer_id,
        by=by,
        quote=quote,
    )


def preview_duration(
    *, visit: Any, service_code: str, began: datetime.datetime, ended: datetime.datetime, text: str = ""
) -> Charge:
    """What ``capture_duration`` would charge now; never saved. Raises PriceMissing, DurationInvalid."""
    quote, quantity = _by_time(visit, service_code, began, ended)
    _cover, quote = _held(visit, service_code, quantity, quote)
    return charge_by(
        quote,
        visit=visit,
        source_kind="",
        source_id=new_id(),
        service_code=service_code,
        quantity=quantity,
        text=text,
    )


def _by_time(
    visit: Any, service_code: str, began: datetime.datetime, ended: datetime.datetime
) -> tuple[Quote, Decimal]:
    """The price of when it began, and how many of the service's units were begun."""
    quote = quote_for_visit(service_code, visit, at=began)
    if quote is None:
        raise PriceMissing(code="price_missing")
    service = quote.price.service
    if service.unit == Unit.EACH or ended < began:
        raise DurationInvalid()
    grace = datetime.timedelta(minutes=service.grace_minutes)
    lasted = {
        "began": began.isoformat(),
        "ended": ended.isoformat(),
        "unit": str(service.unit),
        "grace_minutes": str(service.grace_minutes),
    }
    return replace(quote, lasted=lasted), Decimal(units_begun(ended - began, unit=service.unit, grace=grace))


def _saved_or_first(charge: Charge, by: Any) -> Charge:
    """Save the charge; when somebody captured the same event since we looked, theirs is the charge."""
    try:
        with transaction.atomic():
            charge.save(force_insert=True)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "billing_charge_time_once":
            raise DurationOverlaps() from error
        winner = _charge_of(charge.source_kind, charge.source_id)
        if winner is None:
            raise
        return winner
    record(charge, verb="capture", from_status="", to_status=charge.status, by=by)
    return charge


@transaction.atomic
def cancel_charge(*, source_kind: str, source_id: uuid.UUID, reason: str, by: Any = None) -> Charge | None:
    """Take back the charge of an event that did not happen; None when there is none. A draft invoice forgets it.

    Raises ChargeAlreadyInvoiced once it stands on an issued invoice (or was waived), ReasonMissing.
    """
    charge = _charge_of(source_kind, source_id)
    if charge is None:
        return None
    return _end(charge, verb="cancel", reason=reason, by=by, refusal=ChargeAlreadyInvoiced)


@transaction.atomic
def waive(*, charge: Charge, reason: str, by: Any) -> Charge:
    """Let the patient off a pending charge. Raises ChargeNotPending, ReasonMissing."""
    return _end(charge, verb="waive", reason=reason, by=by, refusal=ChargeNotPending)


def _end(charge: Charge, *, verb: str, reason: str, by: Any, refusal: type[Exception]) -> Charge:
    if not reason.strip():
        raise ReasonMissing()
    draft = drafts.lock_draft_of(charge)  # invoices are locked before charges everywhere
    charge = Charge.objects.select_for_update(of=("self",), no_key=True).get(pk=charge.pk)
    if charge.status == ChargeStatus.WAIVED and verb == "cancel":
        return charge  # nothing is asked for any more; the event may go
    if not CHARGE_FLOW.can(verb, charge.status):
        raise refusal()
    InvoiceLine.objects.filter(charge=charge, invoice__status="draft").delete()
    packages.give_back(charge)
    move(charge, flow=CHARGE_FLOW, verb=verb, by=by, reason=reason, status_reason=reason)
    if draft:
        drafts.recompute(draft)
    announce_if_settled(charge.visit_id)
    return charge


def _charge_of(source_kind: str, source_id: uuid.UUID) -> Charge | None:
    live = Charge.objects.exclude(status=ChargeStatus.CANCELLED)
    return live.filter(source_kind=source_kind, source_id=source_id).first()


def charge_at(price: Price, *, service_code: str, **facts: Any) -> Charge:
    """The charge of an event at a standard price, not saved yet; see ``charge_by``."""
    rule = "own" if price.service.code == service_code else "general"
    return charge_by(Quote(price, price.price_list, rule), service_code=service_code, **facts)


def charge_by(
    quote: Quote,
    *,
    visit: Any,
    source_kind: str,
    source_id: uuid.UUID,
    service_code: str,
    quantity: Decimal = Decimal(1),
    text: str = "",
    performer_id: uuid.UUID | None = None,
    by: Any = None,
) -> Charge:
    """The charge of an event at a quoted price, not saved yet: amount, frozen texts, and how they came about."""
    service = quote.price.service
    amount = pricing.line_amount(quote.unit, quantity)
    times = {name: datetime.datetime.fromisoformat(quote.lasted[name]) for name in ("began", "ended") if quote.lasted}
    names = {f"text_{suffix}": getattr(service, f"name_{suffix}") or "" for suffix in SUFFIXES.values()}
    return Charge(
        visit=visit,
        patient_id=visit.patient_id,
        source_kind=source_kind,
        source_id=source_id,
        service=service,
        service_code=service_code,
        category=service.category,
        detail="" if text in names.values() else text[:200],
        quantity=quantity,
        unit_price=quote.unit.amount,
        amount=amount.amount,
        currency=quote.unit.currency,
        price=quote.price,
        price_list=quote.price_list,
        explanation={
            "source_kind": source_kind,
            "source_id": str(source_id),
            **quote.told(service_code, quantity, amount),
        },
        charged_by=by,
        performer_id=performer_id or visit.practitioner_id,
        **times,
        **names,
    )
