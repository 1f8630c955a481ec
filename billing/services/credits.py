"""Correcting an issued invoice: somebody asks for a credit note, somebody else approves it, a cashier pays it out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import pricing
from billing.errors import (
    ApprovesOwnCredit,
    CreditBeyondLine,
    CreditDecided,
    CreditEmpty,
    CreditNotOwed,
    CreditNotPossible,
    DrawerShort,
    ReasonMissing,
)
from billing.errors_debts import InvoiceWrittenOff
from billing.models import (
    CreditLine,
    CreditNote,
    Entry,
    EntryKind,
    Invoice,
    InvoiceLine,
    Method,
    Posting,
    Refund,
    RefundPart,
    Shift,
)
from billing.queries.credits import credited_by_line, own_credited
from billing.queries.ledger import in_drawer
from billing.services import covers, fees, journal
from billing.services.covers import check_no_open_claim
from billing.services.deposits import lock_account, put_back
from billing.services.drafts import lock_invoice
from billing.services.funds import exemption_sides
from billing.services.numbers import paper_number
from billing.services.packages import check_credit
from billing.services.settlement import announce_if_settled
from billing.services.shifts import lock_open_shift
from billing.services.transitions import move, record
from billing.states import CREDIT_FLOW, INVOICE_FLOW, InvoiceStatus
from core.clock import now
from core.money import Money, fits
from core.preferences import preference
from crm.services.points import credit_points, reverse_points
from insurance.share import portion


@transaction.atomic
def request_credit(*, invoice: Invoice, amounts: Mapping[Any, Decimal], reason: str, by: Any) -> CreditNote:
    """Ask for a credit of `amounts` (by invoice line id, in the invoice's currency). Nothing is posted yet.

    Raises ReasonMissing, CreditNotPossible (draft, unpaid or void), InvoiceWrittenOff, CreditEmpty, CreditBeyondLine,
    PackageBegun.
    """
    if not reason.strip():
        raise ReasonMissing()
    invoice = lock_invoice(invoice)
    if invoice.written_off:
        raise InvoiceWrittenOff()
    if not invoice.can_credit:
        raise CreditNotPossible()
    check_no_open_claim(invoice)
    lines = {line.pk: line for line in invoice.lines.all()}
    wanted = {lines[pk]: amount for pk, amount in amounts.items() if amount}
    if not wanted:
        raise CreditEmpty()
    done = credited_by_line(invoice)
    parts = [_credit_line(line, amount, done) for line, amount in wanted.items()]
    note = CreditNote.objects.create(
        invoice=invoice,
        currency=invoice.currency,
        amount=sum((part.net for part in parts), Decimal(0)),
        covered=sum((part.covered for part in parts), Decimal(0)),
        reason=reason,
        requested_by=by,
    )
    for part in parts:
        part.credit_note = note
    CreditLine.objects.bulk_create(parts)
    check_credit(note)
    record(note, verb="request", from_status="", to_status=note.status, by=by, reason=reason)
    return note


@transaction.atomic
def approve_credit(*, note: CreditNote, by: Any) -> CreditNote:
    """Give the note its number, post it, and say what is to be paid out.

    Raises ApprovesOwnCredit, CreditDecided, InvoiceWrittenOff, InvoiceClaimed, PackageBegun.
    """
    invoice, note = _lock(note)
    _check_decision(note, by)
    check_credit(note)
    if invoice.written_off:
        raise InvoiceWrittenOff()
    back, payers = covers.credit(invoice, note)
    to_patient = note.amount + back.passed
    invoice.credited += to_patient
    to_refund = min(to_patient, max(Decimal(0), -invoice.balance - _promised(invoice)))
    move(
        note,
        flow=CREDIT_FLOW,
        verb="approve",
        by=by,
        number=paper_number("credit", "C", invoice.branch),
        to_refund=to_refund,
        owed_back=back.owed,
        passed_back=back.passed,
        written_back=back.written,
        decided_by=by,
        decided_at=now(),
    )
    _credit_invoice(invoice, note, by)
    _post_credit(note, invoice, payers, by)
    return note


@transaction.atomic
def decline_credit(*, note: CreditNote, reason: str, by: Any) -> CreditNote:
    """Refuse the note, with a reason; its lines may be credited by another. Raises ReasonMissing, CreditDecided."""
    if not reason.strip():
        raise ReasonMissing()
    _invoice, note = _lock(note)
    _check_decision(note, by)
    move(
        note, flow=CREDIT_FLOW, verb="decline", by=by, reason=reason, decline_reason=reason, decided_by=by,
        decided_at=now(),
    )  # fmt: skip
    return note


@transaction.atomic
def pay_refund(*, note: CreditNote, method: str, notes_in: str, reference: str = "", by: Any) -> Refund:
    """Pay out what an approved note allows, whole, once, from the open shift of `by`.

    Cash goes out in dollars with riel for the rest (`notes_in` USD) or in riel only; "deposit" puts it into what is
    held for the patient; anything else goes out in the invoice's currency.
    Raises ShiftMissing, CreditNotOwed, DrawerShort.
    """
    shift = lock_open_shift(by)
    invoice, note = _lock(note)
    if not note.can_refund:
        raise CreditNotOwed()
    paying = pricing.pay_out(
        note.refund_money,
        rate=invoice.rate,
        notes_in=notes_in if method == Method.CASH else None,
        step=preference("billing.cash_rounding_khr"),
    )
    if method == Method.CASH:
        check_drawer(shift, paying.parts)
    refund = _record_refund(note, invoice, shift, method, reference, paying)
    move(note, flow=CREDIT_FLOW, verb="refund", by=by)
    invoice.refunded += refund.amount
    invoice.save(update_fields=["refunded", "updated_at"])
    entry = _post_refund(refund, invoice, paying)
    if method == Method.DEPOSIT:
        put_back(refund, invoice, entry)
    return refund


def _lock(note: CreditNote) -> tuple[Invoice, CreditNote]:
    """Invoice before credit note, in this order everywhere."""
    invoice = lock_invoice(note.invoice)
    note = CreditNote.objects.select_for_update(of=("self",), no_key=True).get(pk=note.pk)
    return invoice, note


def _check_decision(note: CreditNote, by: Any) -> None:
    if not note.can_decide:
        raise CreditDecided()
    if note.requested_by_id == by.pk:
        raise ApprovesOwnCredit()


def _promised(invoice: Invoice) -> Decimal:
    """What earlier credit notes are still to be paid out."""
    waiting = CreditNote.objects.filter(invoice=invoice, status="approved").values_list("to_refund", flat=True)
    return sum(waiting, Decimal(0))


def _credit_line(line: InvoiceLine, amount: Decimal, done: Mapping[Any, Decimal]) -> CreditLine:
    """Discount and payer's part are taken back in proportion, so that all credits of a line add up to the line.

    `amount` is what the line cost after discount, whoever pays it.
    """
    before = done.get(line.pk, Decimal(0))
    if not fits(amount, line.currency) or amount < 0 or before + amount > line.worth:
        raise CreditBeyondLine(field=f"line_{line.pk}")
    discount, covered, exempted, tax = (
        portion(whole, before + amount, line.worth, line.currency) - portion(whole, before, line.worth, line.currency)
        for whole in (line.discount, line.covered, line.exempted, line.tax)
    )
    return CreditLine(
        line=line,
        gross=amount + discount,
        discount=discount,
        exempted=min(exempted, discount),
        covered=covered,
        net=amount - covered,
        tax=tax,
        currency=line.currency,
    )


def _credit_invoice(invoice: Invoice, note: CreditNote, by: Any) -> None:
    """Points follow the money: taken back where they were given, given where the credit settles the rest."""
    was_paid = invoice.status == InvoiceStatus.PAID
    if not was_paid and invoice.balance <= 0:
        move(invoice, flow=INVOICE_FLOW, verb="pay", by=by, paid_at=now(), credited=invoice.credited)
        kept = pricing.points_value(invoice.total_money - own_credited(invoice), invoice.rate)
        credit_points(family=invoice.family, amount_usd=kept, source_kind="invoice", source_id=invoice.pk, by=by)
        announce_if_settled(invoice.visit_id)
        return
    invoice.save(update_fields=["credited", "updated_at"])
    if was_paid:
        back = pricing.points_value(Money(note.amount, note.currency), invoice.rate)
        reverse_points(family=invoice.family, amount_usd=back, source_kind="credit_note", source_id=note.pk, by=by)


def _post_credit(note: CreditNote, invoice: Invoice, payers: list[journal.Side], by: Any) -> None:
    """Revenue, tax and discount are taken back as they were booked; patient and payer owe less, or are owed."""
    parts = list(note.lines.select_related("line"))
    discount = exempted = tax = Decimal(0)
    for part in parts:
        tax += part.tax
        discount += part.discount - part.exempted
        exempted += part.exempted
    back = fees.back_for(note)
    sides = [
        *journal.revenue(((part.line, part.tax - part.gross) for part in parts), note.currency),
        journal.Side(journal.VAT, note.currency, tax),
        journal.Side(_discount_account(invoice), note.currency, -discount),
        *_back_to_fund(invoice, exempted),
        journal.Side(journal.RECEIVABLE, note.currency, -note.money.amount),
        *payers,
        *fees.sides(back, note.currency),
    ]
    entry = journal.post(
        kind=EntryKind.CREDIT_NOTE,
        source_id=note.pk,
        sides=sides,
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
    )
    fees.keep(back, entry, note.currency)


def _discount_account(invoice: Invoice) -> str:
    """The account the invoice's discount was booked to; those issued before kinds had their own used one for all."""
    booked = Posting.objects.filter(entry__invoice=invoice, entry__kind=EntryKind.INVOICE_ISSUED)
    found = booked.filter(account__key__startswith=journal.DISCOUNT).values_list("account__key", flat=True).first()
    return found or journal.DISCOUNT


def _back_to_fund(invoice: Invoice, exempted: Decimal) -> list[journal.Side]:
    if not invoice.fund or not exempted:
        return []
    return exemption_sides(fund=invoice.fund, amount=Money(-exempted, invoice.currency), rate=invoice.rate)


def check_drawer(shift: Shift, parts: Mapping[str, Decimal]) -> None:
    """Raise DrawerShort where a locked shift's drawer holds less than is to be handed out, by currency."""
    lying = in_drawer(shift)
    if any(amount > lying[currency] for currency, amount in parts.items()):
        raise DrawerShort()


def _record_refund(
    note: CreditNote, invoice: Invoice, shift: Shift, method: str, reference: str, paying: pricing.PayOut
) -> Refund:
    refund = Refund.objects.create(
        number=paper_number("refund", "RF", shift.branch),
        credit_note=note,
        shift=shift,
        cashier=shift.cashier,
        paid_at=now(),
        method=method,
        reference=reference,
        amount=note.to_refund,
        currency=note.currency,
        rate=invoice.rate,
        rounding=paying.rounding,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=refund, currency=currency, amount=amount) for currency, amount in paying.parts.items()
    )
    return refund


def _post_refund(refund: Refund, invoice: Invoice, paying: pricing.PayOut) -> Entry | None:
    owed = journal.Side(journal.RECEIVABLE, refund.currency, refund.amount)
    keeps = None
    if refund.method == Method.DEPOSIT:
        keeps = lock_account(refund.currency, branch=refund.shift.branch, patient=invoice.patient).branch_id
    return journal.post(
        kind=EntryKind.REFUND,
        source_id=refund.pk,
        sides=journal.paid_out(owed, method=refund.method, paying=paying, in_shift=True, branch=keeps),
        branch_id=refund.shift.branch_id,
        by=refund.cashier,
        invoice=invoice,
        shift=refund.shift,
        rate=refund.rate,
        at=refund.paid_at,
    )
