"""What becomes of the payer's part of an invoice: put on a claim, paid, passed on to the patient, written off."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from billing.errors import InvoiceClaimed, PayerOwedLess, PayerOwesLess
from billing.models import Entry, EntryKind, Invoice, PayerShare
from billing.services import journal
from billing.services.covers import lock_share
from billing.services.drafts import lock_invoice
from billing.services.transitions import move
from billing.states import INVOICE_FLOW, InvoiceStatus
from core.money import Money


@transaction.atomic
def set_claimed(*, invoice: Invoice, claimed: bool) -> PayerShare:
    """Put an invoice's payer part on a claim, or take it off again. Raises InvoiceClaimed, PayerOwesLess."""
    share = _owed(lock_invoice(invoice))
    if claimed and share.claimed:
        raise InvoiceClaimed()
    if claimed and share.open_amount <= 0:
        raise PayerOwesLess()
    share.claimed = claimed
    share.save(update_fields=["claimed", "updated_at"])
    return share


@transaction.atomic
def receive_from_payer(*, invoice: Invoice, amount: Decimal, received: Money, source_id: UUID, by: Any) -> Entry | None:
    """The payer's money came to the bank: `amount` of the invoice's currency is settled by `received`, once a source.

    Raises PayerOwesLess.
    """
    invoice = lock_invoice(invoice)
    _reduce(invoice, "paid", amount)
    return _post(EntryKind.PAYER_PAYMENT, invoice, _settled_at_bank(invoice, amount, received), source_id, by)


@transaction.atomic
def return_to_payer(*, invoice: Invoice, amount: Decimal, given: Money, source_id: UUID, by: Any) -> Entry | None:
    """What the payer is owed back leaves the bank, or is kept off a payment. Once a source. Raises PayerOwedLess."""
    invoice = lock_invoice(invoice)
    share = _owed(invoice)
    if not 0 < amount <= share.left_to_return.amount:
        raise PayerOwedLess()
    share.returned += amount
    share.save(update_fields=["returned", "updated_at"])
    return _post(EntryKind.PAYER_RETURNED, invoice, _settled_at_bank(invoice, -amount, -given), source_id, by)


def _settled_at_bank(invoice: Invoice, amount: Decimal, moved: Money) -> list[journal.Side]:
    """`moved` came to the bank (below zero: left it) for `amount` in the invoice's currency."""
    sides = [
        journal.Side("bank", moved.currency, moved.amount),
        journal.Side(journal.PAYERS, invoice.currency, -amount),
    ]
    if moved.currency != invoice.currency:
        sides += [
            journal.Side(journal.EXCHANGE, moved.currency, -moved.amount),
            journal.Side(journal.EXCHANGE, invoice.currency, amount),
        ]
    return sides


@transaction.atomic
def pass_to_patient(*, invoice: Invoice, amount: Decimal, source_id: UUID, by: Any) -> Entry | None:
    """What the payer refused is the patient's to pay: the invoice owes again. Once a source. Raises PayerOwesLess."""
    invoice = lock_invoice(invoice)
    share = _reduce(invoice, "transferred", amount)
    invoice.transferred += amount
    if invoice.status in (InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF):
        move(invoice, flow=INVOICE_FLOW, verb="reopen", by=by, transferred=invoice.transferred, paid_at=None)
    else:
        invoice.save(update_fields=["transferred", "updated_at"])
    sides = [
        journal.Side(journal.RECEIVABLE, share.currency, amount),
        journal.Side(journal.PAYERS, share.currency, -amount),
    ]
    return _post(EntryKind.PAYER_TRANSFER, invoice, sides, source_id, by)


@transaction.atomic
def write_off_payer(*, invoice: Invoice, amount: Decimal, source_id: UUID, by: Any) -> Entry | None:
    """Nobody will pay this part. Who approves is the claim's question. Once a source. Raises PayerOwesLess."""
    invoice = lock_invoice(invoice)
    share = _reduce(invoice, "written_off", amount)
    sides = [
        journal.Side(journal.PAYER_LOSS, share.currency, amount),
        journal.Side(journal.PAYERS, share.currency, -amount),
    ]
    return _post(EntryKind.PAYER_WRITE_OFF, invoice, sides, source_id, by)


def _owed(invoice: Invoice) -> PayerShare:
    share = lock_share(invoice)
    if share is None:
        raise PayerOwesLess()
    return share


def _reduce(invoice: Invoice, column: str, amount: Decimal) -> PayerShare:
    share = _owed(invoice)
    if amount <= 0 or amount > share.open_amount:
        raise PayerOwesLess()
    setattr(share, column, getattr(share, column) + amount)
    share.save(update_fields=[column, "updated_at"])
    return share


def _post(kind: EntryKind, invoice: Invoice, sides: list[journal.Side], source_id: UUID, by: Any) -> Entry | None:
    return journal.post(
        kind=kind,
        source_id=source_id,
        sides=sides,
        branch_id=invoice.branch_id,
        by=by,
        invoice=invoice,
        rate=invoice.rate,
    )
