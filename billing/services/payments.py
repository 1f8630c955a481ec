"""Taking money: any mix of currencies and methods, change, rounding, points, all in one transaction or not at all."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from billing import pricing
from billing.errors import (
    InvoiceChanged,
    InvoiceNotOwing,
    TenderBeyondDue,
    TenderInvalid,
)
from billing.models import Change, Entry, EntryKind, Invoice, Method, Payment, Shift, Tender
from billing.pricing import Paid, Settlement
from billing.queries.credits import own_credited
from billing.services import deposits, journal
from billing.services.drafts import lock_invoice
from billing.services.numbers import paper_number
from billing.services.settlement import announce_if_settled
from billing.services.shifts import lock_open_shift
from billing.services.tenders import check_tenders
from billing.services.transitions import move
from billing.states import INVOICE_FLOW, OWING
from core.clock import now
from core.db.kept import kept
from core.ids import new_id
from core.money import KHR, USD
from core.preferences import preference
from crm.services.points import credit_points


@transaction.atomic
def take_payment(
    *,
    invoice: Invoice,
    tenders: Sequence[Paid],
    by: Any,
    change_in: str | None = None,
    key: uuid.UUID | None = None,
    due_seen: Decimal | None = None,
) -> Payment:
    """Record what was handed over for an issued invoice, in the open shift of `by`.

    `change_in` USD gives whole dollars and the rest in riel, KHR gives riel only; by default as the notes came in.
    The same `key` returns the first payment again. `due_seen` is the balance on the page: a second window that still
    shows an old one is refused (InvoiceChanged). Raises ShiftMissing, InvoiceNotOwing, DepositShort, Tender*
    errors.
    """
    key = key or new_id()
    shift = lock_open_shift(by)
    invoice = lock_invoice(invoice)
    done = _taken.first(key, invoice.pk)  # after the lock: a parallel twin has finished
    if done:
        return done
    _check_due(invoice, due_seen)
    drawn = deposits.draw(invoice=invoice, tenders=tenders)
    settlement = _settle(invoice, tenders, change_in)
    payment = _record(invoice, shift, tenders, settlement, key, by)
    deposits.book_drawn(drawn, payment=payment, entry=_post_receipt(payment, tenders, settlement, drawn))
    announce_if_settled(invoice.visit_id)
    return payment


def preview_payment(*, invoice: Invoice, tenders: Sequence[Paid], change_in: str | None = None) -> Settlement:
    """What a tender would do, without doing it: the cashier's live computation."""
    deposits.check_held(invoice, tenders)
    return _settle(invoice, tenders, change_in)


def _settle(invoice: Invoice, tenders: Sequence[Paid], change_in: str | None) -> Settlement:
    check_tenders(tenders)
    settlement = pricing.settle(
        invoice.due_money,
        tenders,
        rate=invoice.rate,
        change_in=change_in or default_change(tenders),
        step=preference("billing.cash_rounding_khr"),
    )
    if settlement.excess:
        raise TenderBeyondDue()
    if settlement.applied <= 0:
        raise TenderInvalid()
    return settlement


def default_change(tenders: Sequence[Paid]) -> str:
    """Change as the notes came in: dollars when dollar notes are given, else riel."""
    return USD if any(part.is_cash and part.currency == USD for part in tenders) else KHR


@kept
def _taken(key: uuid.UUID, invoice: uuid.UUID) -> QuerySet[Payment]:
    return Payment.objects.filter(key=key, invoice=invoice)[:1]


def _check_due(invoice: Invoice, due_seen: Decimal | None) -> None:
    if invoice.status not in OWING:
        raise InvoiceNotOwing()
    if due_seen is not None and due_seen != invoice.balance:
        raise InvoiceChanged()


def _record(
    invoice: Invoice, shift: Shift, tenders: Sequence[Paid], settlement: Settlement, key: uuid.UUID, by: Any
) -> Payment:
    moment = now()
    full = settlement.pays_in_full
    paid = invoice.paid + settlement.applied
    if full:
        move(invoice, flow=INVOICE_FLOW, verb="pay", by=by, paid=paid, paid_at=moment)
    else:
        move(invoice, flow=INVOICE_FLOW, verb="pay_part", by=by, paid=paid)
    points, points_balance = _credit_points(invoice, by) if full else (None, None)
    payment = Payment.objects.create(
        key=key,
        number=paper_number("receipt", "R", shift.branch),
        invoice=invoice,
        shift=shift,
        cashier=by,
        received_at=moment,
        applied=settlement.applied,
        currency=invoice.currency,
        rate=invoice.rate,
        rounding=settlement.rounding,
        balance_after=settlement.remaining,
        points=points,
        points_balance=points_balance,
    )
    Tender.objects.bulk_create(
        Tender(
            payment=payment,
            method=part.method,
            currency=part.currency,
            amount=part.amount,
            rate=invoice.rate,
            reference=part.reference,
        )
        for part in tenders
    )
    Change.objects.bulk_create(
        Change(payment=payment, currency=currency, amount=amount) for currency, amount in settlement.change.items()
    )
    return payment


def _credit_points(invoice: Invoice, by: Any) -> tuple[Decimal | None, Decimal | None]:
    """One point for each dollar of the paid invoice, less what was credited or written off; in this transaction."""
    entry = credit_points(
        family=invoice.family,
        amount_usd=pricing.points_value(
            invoice.total_money - own_credited(invoice) - invoice.written_off_money, invoice.rate
        ),
        source_kind="invoice",
        source_id=invoice.pk,
        by=by,
    )
    return (entry.points, entry.balance_after) if entry else (None, None)


def _post_receipt(
    payment: Payment, tenders: Sequence[Paid], settlement: Settlement, drawn: Sequence[deposits.Drawn]
) -> Entry | None:
    """Notes and transfers in, change out, the debt down; what was bought of one currency with the other; rounding."""
    sides = [
        journal.Side(journal.RECEIVING[part.method], part.currency, part.amount, in_shift=True)
        for part in tenders
        if part.method != Method.DEPOSIT
    ]
    sides += [
        journal.Side(journal.DEPOSITS, account.currency, amount, in_shift=True, branch=account.branch_id)
        for account, amount in drawn
    ]
    sides += [
        journal.Side(journal.DRAWER, currency, -amount, in_shift=True) for currency, amount in settlement.change.items()
    ]
    sides += [
        journal.Side(journal.RECEIVABLE, settlement.currency, -settlement.applied),
        journal.Side(journal.EXCHANGE, USD, -settlement.exchange_usd),
        journal.Side(journal.EXCHANGE, KHR, -settlement.exchange_khr),
        journal.Side(journal.ROUNDING, KHR, -settlement.rounding),
    ]
    return journal.post(
        kind=EntryKind.PAYMENT,
        source_id=payment.pk,
        sides=sides,
        branch_id=payment.shift.branch_id,
        by=payment.cashier,
        invoice=payment.invoice,
        payment=payment,
        shift=payment.shift,
        rate=payment.rate,
        at=payment.received_at,
    )
