"""The payer's part of invoices: worked out on drafts, owed from issue on, taken back by voids and credits."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from billing.errors import InvoiceClaimed
from billing.models import Charge, CreditNote, Invoice, InvoiceLine, PayerShare
from billing.pricing import ZERO
from billing.services import journal
from billing.services.covers_back import NOTHING_BACK, Back, back_of
from billing.states import CreditStatus
from core.clock import day_of
from insurance.services.limits import give_back
from insurance.services.shares import Shares, shares_of
from insurance.share import Item, portion
from patients.models import Visit
from patients.states import Payer, VisitKind

FIELDS = ["covered", "cover"]


def put_on(invoice: Invoice, lines: Sequence[InvoiceLine], *, binding: bool) -> list[str]:
    """Work out the payer's part of a locked draft whose amounts stand; the lines' columns to be saved.

    Asks nothing for visits the patient pays in person. `binding` counts the invoice against the coverage's limits.
    """
    shares = _shares(invoice, lines, binding)
    if shares is None and not invoice.coverage_id:
        return []
    parts = shares.lines if shares else [None] * len(lines)
    for line, part in zip(lines, parts, strict=True):
        line.covered, line.cover = (part.covered, dict(part.why)) if part else (ZERO, {})
        line.net = line.amount - line.discount - line.covered
    invoice.coverage = shares.row.coverage if shares else None
    invoice.covered = shares.covered if shares else ZERO
    invoice.scheme_difference = shares.difference if shares else ZERO
    return FIELDS


def _shares(invoice: Invoice, lines: Sequence[InvoiceLine], binding: bool) -> Shares | None:
    if invoice.payer == Payer.SELF or not lines:
        return None
    return shares_of(
        visit_id=invoice.visit_id,
        items=[item_of(line, invoice.visit) for line in lines],
        currency=invoice.currency,
        rate=invoice.rate,
        invoice_id=invoice.pk if binding else None,
    )


def item_of(line: InvoiceLine, visit: Visit) -> Item:
    """A line as the terms of a coverage judge it."""
    return Item(line.service_code, line.category, line.amount - line.discount, day_done(line.charge, visit))


def day_done(charge: Charge, visit: Visit) -> datetime.date:
    """The hospital's day something was done: the visit's, and in a stay, which lasts, the charge's own."""
    if visit.kind != VisitKind.INPATIENT:
        return visit.date
    return day_of(charge.began or charge.created_at)


def sides_at_issue(invoice: Invoice) -> list[journal.Side]:
    """The payer owes its part; what a flat fee leaves over, or adds, stands on an account of its own."""
    return [
        journal.Side(journal.PAYERS, invoice.currency, invoice.covered - invoice.scheme_difference),
        journal.Side(journal.SCHEME, invoice.currency, invoice.scheme_difference),
    ]


def owe(invoice: Invoice) -> PayerShare | None:
    """The payer's row of an invoice just issued; None where nobody else pays."""
    if not invoice.covered or invoice.coverage is None or invoice.issued_at is None:
        return None
    return PayerShare.objects.create(
        invoice=invoice,
        coverage=invoice.coverage,
        payer_id=invoice.coverage.contract.payer_id,
        currency=invoice.currency,
        due=invoice.covered - invoice.scheme_difference,
        issued_on=day_of(invoice.issued_at),
    )


def release(invoice: Invoice) -> None:
    """A locked invoice is voided: the payer owes nothing of it, its limits come back. Raises InvoiceClaimed."""
    share = lock_share(invoice)
    if share is not None:
        if share.claimed:
            raise InvoiceClaimed()
        share.credited = share.due
        share.save(update_fields=["credited", "updated_at"])
    if invoice.coverage_id:
        give_back(
            invoice_id=invoice.pk,
            source_kind="void",
            source_id=invoice.pk,
            before=ZERO,
            after=Decimal(1),
            of=Decimal(1),
        )


def credit(invoice: Invoice, note: CreditNote) -> tuple[Back, list[journal.Side]]:
    """Where the payer's part of a credit note of a locked invoice goes back to, and its sides. Raises InvoiceClaimed.

    What was credited so far is set in proportion, so that a scheme owes nothing of a case taken back whole.
    """
    share = lock_share(invoice)
    if share is None and not invoice.coverage_id:
        return NOTHING_BACK, []
    before, covered_before = _credited_before(note)
    give_back(
        invoice_id=invoice.pk,
        source_kind="credit_note",
        source_id=note.pk,
        before=before,
        after=before + note.amount + note.covered,
        of=invoice.total + invoice.covered,
    )
    if share is None or not note.covered:
        return NOTHING_BACK, []
    _check_no_open_claim(share)
    owed = _owed_by(share, note, covered_before)
    back = back_of(share, note, owed) if share.is_settled else NOTHING_BACK
    share.owed_back += back.owed
    share.passed_back += back.passed
    share.written_back += back.written
    share.credited += owed
    share.save(update_fields=["owed_back", "passed_back", "written_back", "credited", "updated_at"])
    return back, [
        journal.Side(journal.PAYERS, share.currency, back.passed + back.written - owed),
        journal.Side(journal.PAYER_LOSS, share.currency, -back.written),
        journal.Side(journal.SCHEME, share.currency, owed - note.covered),
    ]


def expected_back(note: CreditNote) -> Back | None:
    """Where the payer's part of a note that waits for approval will go back to; None where no claim has ended."""
    share = PayerShare.objects.select_related("invoice").filter(invoice=note.invoice_id).first()
    if share is None or not note.covered or not share.is_settled:
        return None
    return back_of(share, note, _owed_by(share, note, _credited_before(note)[1]))


def _credited_before(note: CreditNote) -> tuple[Decimal, Decimal]:
    """What other notes took back of the invoice: of patient and payer together, and of the payer."""
    done = CreditNote.objects.filter(invoice=note.invoice_id, status__in=[CreditStatus.APPROVED, CreditStatus.REFUNDED])
    rows = done.exclude(pk=note.pk).values_list("amount", "covered")
    return sum((row[0] + row[1] for row in rows), ZERO), sum((row[1] for row in rows), ZERO)


def _owed_by(share: PayerShare, note: CreditNote, before: Decimal) -> Decimal:
    """What the payer's debt shrinks by: the note's part of what is covered, of what the payer owes."""
    covered = note.invoice.covered
    first = portion(share.due, before, covered, share.currency)
    return portion(share.due, before + note.covered, covered, share.currency) - first


def lock_share(invoice: Invoice) -> PayerShare | None:
    """The payer's row of an invoice the caller has locked."""
    if not invoice.coverage_id:
        return None
    return PayerShare.objects.select_for_update(of=("self",), no_key=True).filter(invoice=invoice).first()


def check_no_open_claim(invoice: Invoice) -> None:
    """Raises InvoiceClaimed while the invoice stands on a claim that has not ended."""
    share = lock_share(invoice)
    if share is not None:
        _check_no_open_claim(share)


def _check_no_open_claim(share: PayerShare) -> None:
    if share.claimed and not share.is_settled:
        raise InvoiceClaimed()
