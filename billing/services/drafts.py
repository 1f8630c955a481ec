"""Draft invoices: which charges are on them, and what they come to. A draft is recomputed at every change."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from billing import pricing
from billing.errors import ChargeElsewhere, InvoiceEmpty, InvoiceNotDraft
from billing.models import Charge, DiscountSource, Invoice, InvoiceLine, Promotion
from billing.models.snapshot import SUFFIXES, copy_snapshot, snapshot
from billing.queries.bills import pending_off_invoices
from billing.queries.catalogue import current_rate
from billing.queries.promotions import best_promotion
from billing.services.covers import put_on
from billing.services.taxes import put_tax_on
from billing.services.transitions import record
from billing.states import ChargeStatus, InvoiceStatus
from core.db.kept import kept
from core.money import USD
from core.preferences import preference
from crm.queries import discount_for


@transaction.atomic
def draft_invoice(*, visit: Any, by: Any) -> Invoice:
    """The visit's draft with every pending charge on it, made when there is none; one draft per visit and payer.

    Raises InvoiceEmpty when nothing is pending, RateMissing.
    """
    charges = list(pending_off_invoices(visit.pk))
    existing = Invoice.objects.filter(visit=visit, payer=visit.payer, status=InvoiceStatus.DRAFT).first()
    if existing is None and not charges:
        raise InvoiceEmpty()
    invoice = lock_invoice(existing) if existing else _begin(visit, by)
    if not invoice.is_draft:
        raise InvoiceNotDraft()
    put_on_draft(invoice, charges)
    return recompute(invoice)


@transaction.atomic
def add_charge(*, invoice: Invoice, charge: Charge, by: Any) -> Invoice:
    """Put a pending charge of the same visit on a draft. Raises InvoiceNotDraft, ChargeElsewhere."""
    invoice = lock_draft(invoice)
    charge = Charge.objects.select_for_update(of=("self",), no_key=True).get(pk=charge.pk)
    taken = InvoiceLine.objects.filter(charge=charge, live=True).exclude(invoice=invoice).exists()
    if charge.visit_id != invoice.visit_id or charge.status != ChargeStatus.PENDING or taken:
        raise ChargeElsewhere()
    put_on_draft(invoice, [charge])
    return recompute(invoice)


@transaction.atomic
def remove_charge(*, invoice: Invoice, charge: Charge, by: Any) -> Invoice:
    """Leave a charge off a draft; it stays pending for another invoice. Raises InvoiceNotDraft."""
    invoice = lock_draft(invoice)
    InvoiceLine.objects.filter(invoice=invoice, charge=charge).delete()
    return recompute(invoice)


def lock_invoice(invoice: Invoice) -> Invoice:
    """The row as it stands now, locked until the transaction ends. Raises Invoice.DoesNotExist."""
    locked = _locked.first(invoice.pk)
    if locked is None:
        raise Invoice.DoesNotExist
    return locked


@kept
def _locked(pk: UUID) -> QuerySet[Invoice]:
    invoices = Invoice.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).order_by()
    return invoices.select_related("visit", "family", "branch")


def lock_draft(invoice: Invoice) -> Invoice:
    """Lock an invoice that must still be a draft. Raises InvoiceNotDraft."""
    locked = lock_invoice(invoice)
    if not locked.is_draft:
        raise InvoiceNotDraft()
    return locked


def lock_draft_of(charge: Charge) -> Invoice | None:
    """Lock the draft a charge stands on, if any."""
    line = InvoiceLine.objects.filter(charge=charge, live=True).select_related("invoice").first()
    if line is None:
        return None
    locked = lock_invoice(line.invoice)
    return locked if locked.is_draft else None


def recompute(invoice: Invoice, *, binding: bool = False) -> Invoice:
    """Amounts, discount, the payer's part and totals of a locked draft, at today's rate and the present discount.

    `binding` counts it against the limits of the visit's coverage: for what is about to be issued.
    """
    lines = list(invoice.lines.select_related("charge__service"))
    cuts = refresh_terms(invoice, lines)
    bill = pricing.bill(
        [line.price_money for line in lines],
        currency=invoice.currency,
        rate=invoice.rate,
        discount_rate=invoice.discount_rate,
        cuts=cuts,
    )
    for position, line in enumerate(lines):
        line.position, line.currency = position + 1, invoice.currency
        line.performer_id = line.charge.performer_id
        line.amount, line.discount = bill.amounts[position], bill.discounts[position]
        line.net = line.amount - line.discount
    covered = put_on(invoice, lines, binding=binding)
    _exempt(invoice, lines)
    put_tax_on(lines)
    columns = [
        "position",
        "performer",
        "amount",
        "discount",
        "exempted",
        "net",
        "tax_rate",
        "tax",
        "currency",
        *covered,
    ]
    InvoiceLine.objects.bulk_update(lines, columns)
    invoice.subtotal, invoice.discount = bill.subtotal, bill.discount + invoice.exempted
    invoice.total = bill.total - invoice.covered - invoice.exempted
    invoice.touch_version()
    invoice.save()
    return invoice


def _exempt(invoice: Invoice, lines: list[InvoiceLine]) -> None:
    """A fund pays its share of what discounts and payers leave to the patient."""
    parts = pricing.exemptions([line.net for line in lines], invoice.exempt_rate, invoice.currency)
    for line, part in zip(lines, parts, strict=True):
        line.exempted, line.discount, line.net = part, line.discount + part, line.net - part
    invoice.exempted = sum(parts, Decimal(0))


def refresh_terms(invoice: Invoice, lines: list[InvoiceLine]) -> list[Decimal] | None:
    """Currency, rate and the one discount: what management granted stays, else the better of tier and promotion.

    Returns what a promotion takes off each line, None where the discount is a share of the whole.
    """
    currencies = {line.price_currency for line in lines}
    invoice.currency = currencies.pop() if len(currencies) == 1 else preference("billing.invoice_currency")
    invoice.rate = current_rate().riel_per_dollar
    if invoice.discount_source == DiscountSource.OVERRIDE:
        return None
    offer = discount_for(invoice.family)
    best = best_promotion(invoice, lines)
    tier = pricing.bill(
        [line.price_money for line in lines],
        currency=invoice.currency,
        rate=invoice.rate,
        discount_rate=offer.rate,
    )
    if best and best.total > tier.discount:
        _take_promotion(invoice, best.promotion)
        return best.cuts
    invoice.discount_rate, invoice.promotion = offer.rate, None
    invoice.discount_source = DiscountSource.TIER if offer.rate else DiscountSource.NONE
    _label(invoice, _labels(invoice.family) if offer.rate else "")
    return None


def _take_promotion(invoice: Invoice, promotion: Promotion) -> None:
    invoice.discount_source, invoice.promotion = DiscountSource.PROMOTION, promotion
    invoice.discount_rate = promotion.rate or Decimal(0)
    _label(invoice, {code: getattr(promotion, f"name_{suffix}") for code, suffix in SUFFIXES.items()})


def _label(invoice: Invoice, text: Any) -> None:
    for column, words in snapshot("discount_label", text).items():
        setattr(invoice, column, words)


def _labels(family: Any) -> dict[str, str]:
    """The discount's name in every language: a document freezes it, whoever reads it later."""
    labels = {}
    for code in SUFFIXES:
        with translation.override(code):
            labels[code] = discount_for(family).label
    return labels


def _begin(visit: Any, by: Any) -> Invoice:
    invoice = Invoice.objects.create(
        visit=visit,
        patient_id=visit.patient_id,
        family_id=visit.patient.family_id,
        branch_id=visit.branch_id,
        payer=visit.payer,
        currency=USD,
        rate=current_rate().riel_per_dollar,
    )
    record(invoice, verb="draft", from_status="", to_status=invoice.status, by=by)
    return invoice


def put_on_draft(invoice: Invoice, charges: Iterable[Charge]) -> None:
    """One line a charge; the unique constraint settles who wins when two try."""
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, position=0, amount=charge.amount, net=charge.amount, **line_facts(charge))
        for charge in charges
    )


def line_facts(charge: Charge) -> dict[str, Any]:
    """What an invoice's line takes over from its charge; its amount, in the invoice's currency, is not among it."""
    return {
        "charge": charge,
        "service_code": charge.service_code,
        "category": charge.category,
        "detail": charge.detail,
        "performer_id": charge.performer_id,
        "quantity": charge.quantity,
        "unit_price": charge.unit_price,
        "price_amount": charge.amount,
        "price_currency": charge.currency,
        "currency": charge.currency,
        **copy_snapshot(charge, "text"),
    }
