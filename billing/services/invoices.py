"""Invoices leave the draft: issue with a gapless number and frozen terms, discounts granted by management, voiding."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import (
    ChargeElsewhere,
    DiscountInvalid,
    DiscountUnapproved,
    InvoiceCredited,
    InvoiceEmpty,
    InvoicePaidAlready,
    PromotionUsedUp,
    ReasonMissing,
)
from billing.models import Charge, CreditNote, DiscountSource, Entry, EntryKind, Invoice, InvoiceLine, Transition
from billing.services import covers, fees, journal
from billing.services.concessions import grant_discount
from billing.services.drafts import add_charge, draft_invoice, lock_draft, lock_invoice, recompute, remove_charge
from billing.services.funds import exemption_sides
from billing.services.packages import check_void
from billing.services.promotions import release_promotion, use_promotion
from billing.services.settlement import announce_if_settled
from billing.services.transitions import move
from billing.states import CHARGE_FLOW, INVOICE_FLOW, CreditStatus
from core.clock import now, today
from core.errors import RecordChanged
from core.numbering import next_number
from core.preferences import preference

__all__ = [
    "add_charge",
    "clear_override",
    "draft_invoice",
    "issue_invoice",
    "override_discount",
    "refresh_draft",
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
    promotion = invoice.promotion_id
    invoice = recompute(invoice, binding=True)
    if promotion and invoice.promotion_id != promotion:
        raise PromotionUsedUp()
    lines = list(invoice.lines.all())
    if not lines:
        raise InvoiceEmpty()
    _check_discount(invoice, by)
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
    use_promotion(invoice)
    _post_debt(invoice, lines, by)
    if not invoice.total:
        move(invoice, flow=INVOICE_FLOW, verb="pay", by=by, paid_at=now())
        announce_if_settled(invoice.visit_id)
    return invoice


@transaction.atomic
def refresh_draft(*, invoice: Invoice, by: Any) -> Invoice:
    """Work a draft out anew: today's rate, the promotions still running. Raises InvoiceNotDraft."""
    return recompute(lock_draft(invoice))


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by: Any) -> Invoice:
    """Take back an issued invoice nobody has paid anything on; its charges are pending again, its number stays used.

    One over nothing (all of it discount, exempted or covered) is paid at once and may be taken back all the same.
    Raises InvoicePaidAlready, InvoiceCredited, PackageBegun, ReasonMissing, MoveNotAllowed.
    """
    if not reason.strip():
        raise ReasonMissing()
    invoice = lock_invoice(invoice)
    if invoice.paid or (invoice.is_paid and not invoice.can_void):
        raise InvoicePaidAlready()
    if CreditNote.objects.filter(invoice=invoice).exclude(status=CreditStatus.DECLINED).exists():
        raise InvoiceCredited()
    check_void(invoice)
    covers.release(invoice)
    move(invoice, flow=INVOICE_FLOW, verb="void", by=by, reason=reason, void_reason=reason)
    lines = list(invoice.lines.all())
    InvoiceLine.objects.filter(invoice=invoice).update(live=False)
    release_promotion(invoice)
    _move_charges(lines, verb="release", by=by, reason=reason)
    _undo_debt(invoice, by)
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
    return grant_discount(lock_draft(invoice), rate=rate, reason=reason, by=by)


@transaction.atomic
def clear_override(*, invoice: Invoice, by: Any) -> Invoice:
    """Return a draft to the family's own discount. Raises InvoiceNotDraft."""
    invoice = lock_draft(invoice)
    invoice.discount_source, invoice.discount_reason = DiscountSource.NONE, ""
    invoice.discount_by = invoice.discount_approved_by = None
    return recompute(invoice)


def _move_charges(lines: list[InvoiceLine], *, verb: str, by: Any, reason: str = "") -> None:
    """All charges of an invoice at once, locked in key order. Raises ChargeElsewhere, RecordChanged."""
    ids = [line.charge_id for line in lines]
    charges = list(Charge.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    if not all(CHARGE_FLOW.can(verb, charge.status) for charge in charges):
        raise ChargeElsewhere()
    performers = {line.charge_id: line.performer_id for line in lines}
    if verb == "invoice" and any(performers[charge.pk] != charge.performer_id for charge in charges):
        raise RecordChanged()  # handed to another doctor this moment
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


def _check_discount(invoice: Invoice, by: Any) -> None:
    """Who grants a discount above the limit alone does not issue its invoice; the database looks too."""
    granted = invoice.discount_source == DiscountSource.OVERRIDE
    if granted and invoice.discount_rate * 100 > preference("billing.discount_limit"):
        approver = invoice.discount_approved_by_id or invoice.discount_by_id
        if approver == by.pk:
            raise DiscountUnapproved()


def _post_debt(invoice: Invoice, lines: list[InvoiceLine], by: Any) -> None:
    """The patient owes the total, a payer its part, the hospital the tax in it; the rest before discount is revenue by
    category and doctor, discount and fund stand beside. What doctors earn by it is a cost of the same entry, so that a
    void takes it back.
    """
    earned = fees.fees_of(invoice, lines)
    sides = [
        journal.Side(journal.RECEIVABLE, invoice.currency, invoice.total),
        *covers.sides_at_issue(invoice),
        journal.Side(journal.DISCOUNTS[invoice.discount_source], invoice.currency, invoice.own_discount_money.amount),
        *(exemption_sides(fund=invoice.fund, amount=invoice.exempted_money, rate=invoice.rate) if invoice.fund else ()),
        *journal.revenue(((line, line.amount - line.tax) for line in lines), invoice.currency),
        journal.Side(journal.VAT, invoice.currency, -sum((line.tax for line in lines), Decimal(0))),
        *fees.sides(earned, invoice.currency),
    ]
    entry = journal.post(
        kind=EntryKind.INVOICE_ISSUED,
        source_id=invoice.pk,
        sides=sides,
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
    )
    fees.keep(earned, entry, invoice.currency)


def _undo_debt(invoice: Invoice, by: Any) -> None:
    """Turn the entry of the issue, and before it those that gave work of the invoice to another doctor since."""
    kinds = [EntryKind.INVOICE_ISSUED, EntryKind.PERFORMER_CHANGED]
    for entry in list(Entry.objects.filter(invoice=invoice, kind__in=kinds).order_by("-id")):
        kind, source = EntryKind.INVOICE_VOIDED, invoice.pk
        if entry.kind == EntryKind.PERFORMER_CHANGED:
            kind, source = EntryKind.PERFORMER_CHANGED, entry.pk
        back = fees.turned(entry)
        turning = journal.reverse(entry=entry, kind=kind, source_id=source, by=by, invoice=invoice)
        fees.keep(back, turning, invoice.currency)
