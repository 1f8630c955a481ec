"""The payer's part of invoices: worked out on drafts, owed from issue on, taken back by voids and credits."""

from collections.abc import Sequence
from decimal import Decimal

from billing.errors import InvoiceClaimed
from billing.models import CreditNote, Invoice, InvoiceLine, PayerShare
from billing.pricing import ZERO
from billing.services import journal
from billing.states import CreditStatus
from core.clock import day_of
from insurance.services.limits import give_back
from insurance.services.shares import Shares, shares_of
from insurance.share import Item, portion
from patients.states import Payer

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
        items=[Item(line.service_code, line.category, line.amount - line.discount) for line in lines],
        currency=invoice.currency,
        rate=invoice.rate,
        invoice_id=invoice.pk if binding else None,
    )


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
        _check_unclaimed(share)
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


def credit(invoice: Invoice, note: CreditNote) -> list[journal.Side]:
    """The payer's part of an approved credit note of a locked invoice: its sides. Raises InvoiceClaimed.

    What was credited so far is set in proportion, so that a scheme owes nothing of a case taken back whole.
    """
    share = lock_share(invoice)
    if share is None and not invoice.coverage_id:
        return []
    earlier = CreditNote.objects.filter(invoice=invoice, status__in=[CreditStatus.APPROVED, CreditStatus.REFUNDED])
    rows = earlier.exclude(pk=note.pk).values_list("amount", "covered")
    before, covered_before = sum((row[0] + row[1] for row in rows), ZERO), sum((row[1] for row in rows), ZERO)
    give_back(
        invoice_id=invoice.pk,
        source_kind="credit_note",
        source_id=note.pk,
        before=before,
        after=before + note.amount + note.covered,
        of=invoice.total + invoice.covered,
    )
    if share is None or not note.covered:
        return []
    _check_unclaimed(share)
    after = covered_before + note.covered
    owed = portion(share.due, after, invoice.covered, share.currency)
    owed -= portion(share.due, covered_before, invoice.covered, share.currency)
    share.credited += owed
    share.save(update_fields=["credited", "updated_at"])
    return [
        journal.Side(journal.PAYERS, share.currency, -owed),
        journal.Side(journal.SCHEME, share.currency, owed - note.covered),
    ]


def lock_share(invoice: Invoice) -> PayerShare | None:
    """The payer's row of an invoice the caller has locked."""
    if not invoice.coverage_id:
        return None
    return PayerShare.objects.select_for_update(of=("self",), no_key=True).filter(invoice=invoice).first()


def check_unclaimed(invoice: Invoice) -> None:
    """Raises InvoiceClaimed when the invoice stands on a claim."""
    share = lock_share(invoice)
    if share is not None:
        _check_unclaimed(share)


def _check_unclaimed(share: PayerShare) -> None:
    if share.claimed:
        raise InvoiceClaimed()
