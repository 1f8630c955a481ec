"""What a gateway received becomes one payment in the asking cashier's shift, or is held for the patient. Once."""

import uuid
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from billing.errors import ReasonMissing
from billing.models import Deposit, Gateway, Invoice, Method, Payment, Shift
from billing.pricing import Paid
from billing.services.deposits import receive_deposit
from billing.services.drafts import lock_invoice
from billing.services.payments import take_payment
from billing.services.transitions import move
from billing.states import ShiftStatus
from core.errors import DomainError
from core.money import Currency, fits
from gateways.clients.bakong import Transfer
from gateways.errors import NotDisputed
from gateways.models import QrReceipt, QrRequest
from gateways.states import REQUEST_FLOW, UNPAID


def record_transfer(*, request_id: uuid.UUID, transfer: Transfer) -> QrRequest:
    """Write down what the bank reports, and settle the request with it; the same transfer again changes nothing.

    Money of another currency or amount, or on another account, than was asked for is disputed: a person decides.
    """
    try:
        with transaction.atomic():
            return _record(request_id, transfer)
    except IntegrityError:  # another code claims the same transfer, or it was written down this very moment
        if not QrReceipt.objects.filter(hash=transfer.hash).exists():
            raise
        return QrRequest.objects.get(pk=request_id)


def _record(request_id: uuid.UUID, transfer: Transfer) -> QrRequest:
    request = _lock(request_id)
    if QrReceipt.objects.filter(hash=transfer.hash).exists():
        return request
    known = request.status in UNPAID
    if transfer.amount <= 0 or transfer.currency not in Currency.values or not fits(transfer.amount, transfer.currency):
        return _settle(request, "dispute") if known else request
    receipt = QrReceipt.objects.create(
        request=request,
        hash=transfer.hash,
        amount=transfer.amount,
        currency=transfer.currency,
        to_account=transfer.to_account,
        from_account=transfer.from_account,
        acknowledged_at=transfer.acknowledged_at,
    )
    if not known:  # the code was paid a second time
        _hold(request, receipt)
        return request
    if not _is_as_asked(request, transfer):
        return _settle(request, "dispute")
    payment = _try_payment(request, receipt)
    if payment:
        return _settle(request, "pay", payment=payment)
    return _settle(request, "hold", deposit=_hold(request, receipt))


@transaction.atomic
def accept_disputed(*, request: QrRequest, by: Any) -> QrRequest:
    """A person has seen the money on the account: what really came is held for the patient. Raises NotDisputed."""
    request = _lock(request.pk)
    receipt = request.receipts.first()
    if not request.is_disputed or receipt is None:
        raise NotDisputed()
    move(request, flow=REQUEST_FLOW, verb="hold", by=by, deposit=_hold(request, receipt), check_at=None)
    return request


@transaction.atomic
def dismiss_disputed(*, request: QrRequest, reason: str, by: Any) -> QrRequest:
    """Nothing came that concerns us. Raises NotDisputed, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    request = _lock(request.pk)
    if not request.is_disputed:
        raise NotDisputed()
    move(request, flow=REQUEST_FLOW, verb="dismiss", by=by, reason=reason, check_at=None)
    return request


def pay_or_none(*, invoice: Invoice, shift: Shift | None, paid: Paid, key: uuid.UUID, by: Any) -> Payment | None:
    """The payment of what came in, in the open shift that asked for it; None when it must be held instead.

    It must be held when that shift has ended, or the invoice was meanwhile paid by other means.
    """
    if shift is None:
        return None
    running = Shift.objects.select_for_update(of=("self",), no_key=True).filter(pk=shift.pk, status=ShiftStatus.OPEN)
    if not running.exists():
        return None
    try:
        with transaction.atomic():
            return take_payment(invoice=invoice, tenders=[paid], key=key, by=by)
    except DomainError:
        return None


def _try_payment(request: QrRequest, receipt: QrReceipt) -> Payment | None:
    return pay_or_none(
        invoice=request.invoice, shift=request.shift, paid=_paid(receipt), key=receipt.pk, by=request.cashier
    )


def _hold(request: QrRequest, receipt: QrReceipt) -> Deposit:
    return receive_deposit(
        patient=request.invoice.patient,
        paid=_paid(receipt),
        gateway=Gateway.KHQR,
        branch=request.invoice.branch,
        by=request.cashier,
        key=receipt.pk,
    )


def _paid(receipt: QrReceipt) -> Paid:
    return Paid(Method.KHQR, receipt.currency, receipt.amount, receipt.hash)


def _is_as_asked(request: QrRequest, transfer: Transfer) -> bool:
    asked = (Decimal(request.amount), str(request.currency), request.account_id)
    return (transfer.amount, transfer.currency, transfer.to_account) == asked


def _lock(pk: uuid.UUID) -> QrRequest:
    """Shift before invoice before request, as whoever takes money or makes a code."""
    known = QrRequest.objects.select_related("invoice").get(pk=pk)
    Shift.objects.select_for_update(of=("self",), no_key=True).get(pk=known.shift_id)
    lock_invoice(known.invoice)
    requests = QrRequest.objects.select_for_update(of=("self",), no_key=True)
    return requests.select_related("invoice__patient", "invoice__branch", "shift", "cashier").get(pk=pk)


def _settle(request: QrRequest, verb: str, **outcome: Any) -> QrRequest:
    """Nothing is asked at the bank any more once the request is settled."""
    move(request, flow=REQUEST_FLOW, verb=verb, by=None, check_at=None, **outcome)
    return request
