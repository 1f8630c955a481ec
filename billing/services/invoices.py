"""Invoices leave the draft: issue with a gapless number and frozen terms, discounts granted by management, voiding."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.errors import (
    ChargeElsewhere,
    DiscountInvalid,
    InvoiceEmpty,
    InvoicePaidAlready,
    ReasonMissing,
)
from billing.models import Charge, DiscountSource, Entry, EntryKind, Invoice, InvoiceLine, Transition
from billing.models.snapshot import snapshot
from billing.services import covers, journal
from billing.services.drafts import add_charge, draft_invoice, lock_draft, lock_invoice, recompute, remove_charge
from billing.services.settlement import announce_if_settled
from billing.services.transitions import move
from billing.states import CHARGE_FLOW, INVOICE_FLOW, InvoiceStatus
from core.clock import now, today
from core.errors import RecordChanged
from core.numbering import next_number

__all__ = [
    "add_charge",
    "clear_override",
    "draft_invoice",
    "issue_invoice",
    "override_discount",
    "remove_charge",
    "void_invoice",
]


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: Any, version: int | None = None) -> Invoice:
    """Freeze a draft: today's rate, prices, texts and discount, a number, and the debt in the ledger.

    `version` is the one the person saw; a draft changed since is refused with RecordChanged. An invoice over nothing
    is paid at once. Raises InvoiceNotDraft, InvoiceEmpty, RateMissing.
    """
    invoice = lock_draft(invoice)
    if version is not None and invoice.version != version:
        raise RecordChanged()
    invoice = recompute(invoice, binding=True)
    lines = list(invoice.lines.all())
    if not lines:
        raise InvoiceEmpty()
    _move_charges(lines, verb="invoice", by=by)
    year = today().year
    sequence = next_number(f"billing.invoice:{invoice.branch.code}:{year}")
    move(
        invoice,
        flow=INVOICE_FLOW,
        verb="issue",
        by=by,
        number=f"{invoice.branch.code}-{year}-{sequence:06d}",
        year=year,
        sequence=sequence,
        issued_at=now(),
        issued_by=by,
    )
    covers.owe(invoice)
    _post_debt(invoice, lines, by)
    if not invoice.total:
        move(invoice, flow=INVOICE_FLOW, verb="pay", by=by, paid_at=now())
        announce_if_settled(invoice.visit_id)
    return invoice


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by: Any) -> Invoice:
    """Take back an issued invoice nobody has paid anything on; its charges are pending again, its number stays used.

    Raises InvoicePaidAlready, ReasonMissing, MoveNotAllowed.
    """
    if not reason.strip():
        raise ReasonMissing()
    invoice = lock_invoice(invoice)
    if invoice.paid or invoice.status == InvoiceStatus.PAID:
        raise InvoicePaidAlready()
    covers.release(invoice)
    move(invoice, flow=INVOICE_FLOW, verb="void", by=by, reason=reason, void_reason=reason)
    lines = list(invoice.lines.all())
    InvoiceLine.objects.filter(invoice=invoice).update(live=False)
    _move_charges(lines, verb="release", by=by, reason=reason)
    debt = Entry.objects.filter(kind=EntryKind.INVOICE_ISSUED, source_id=invoice.pk).first()
    if debt:
        journal.reverse(entry=debt, kind=EntryKind.INVOICE_VOIDED, source_id=invoice.pk, by=by, invoice=invoice)
    return invoice


@transaction.atomic
def override_discount(*, invoice: Invoice, rate: Decimal, reason: str, by: Any) -> Invoice:
    """Grant a draft another discount (`rate` is a share, 0.05 is 5 %) instead of tier or promotion.

    Raises DiscountInvalid, ReasonMissing, InvoiceNotDraft. Who may do it is the caller's question (discount:override).
    """
    if not Decimal(0) <= rate <= Decimal(1):
        raise DiscountInvalid()
    if not reason.strip():
        raise ReasonMissing()
    invoice = lock_draft(invoice)
    invoice.discount_rate, invoice.discount_source = rate, DiscountSource.OVERRIDE
    invoice.discount_reason, invoice.discount_by = reason, by
    for column, text in snapshot("discount_label", _("Granted by management")).items():
        setattr(invoice, column, text)
    return recompute(invoice)


@transaction.atomic
def clear_override(*, invoice: Invoice, by: Any) -> Invoice:
    """Return a draft to the family's own discount. Raises InvoiceNotDraft."""
    invoice = lock_draft(invoice)
    invoice.discount_source, invoice.discount_reason, invoice.discount_by = DiscountSource.NONE, "", None
    return recompute(invoice)


def _move_charges(lines: list[InvoiceLine], *, verb: str, by: Any, reason: str = "") -> None:
    """All charges of an invoice at once, locked in key order; ChargeElsewhere when one has moved meanwhile."""
    ids = [line.charge_id for line in lines]
    charges = list(Charge.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    if not all(CHARGE_FLOW.can(verb, charge.status) for charge in charges):
        raise ChargeElsewhere()
    target = CHARGE_FLOW.moves[verb].target
    Transition.objects.bulk_create(
        Transition(
            subject_kind="charge",
            subject_id=charge.pk,
            verb=verb,
            from_status=charge.status,
            to_status=target,
            reason=reason,
            by=by,
        )
        for charge in charges
    )
    Charge.objects.filter(pk__in=ids).update(status=target, updated_at=now())


def _post_debt(invoice: Invoice, lines: list[InvoiceLine], by: Any) -> None:
    """The patient owes the total, a payer the rest; revenue is booked in full by category, the discount beside it."""
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        revenue[f"revenue.{line.category}"] += line.amount
    sides = [
        journal.Side(journal.RECEIVABLE, invoice.currency, invoice.total),
        *covers.sides_at_issue(invoice),
        journal.Side(journal.DISCOUNT, invoice.currency, invoice.discount),
        *(journal.Side(account, invoice.currency, -amount) for account, amount in sorted(revenue.items())),
    ]
    journal.post(
        kind=EntryKind.INVOICE_ISSUED,
        source_id=invoice.pk,
        sides=sides,
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
    )
