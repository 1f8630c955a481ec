"""Codes shown to payers: made over what is due, asked about at the bank, given up or expired."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.models import Invoice, Shift
from billing.services.drafts import lock_invoice
from billing.services.shifts import lock_open_shift
from billing.services.transitions import move, record
from core.clock import now
from core.ids import new_id
from core.money import convert, fits
from gateways import khqr
from gateways.clients import bakong
from gateways.errors import AmountInvalid, BankRefuses, BankSilent, GatewayOff, NothingDue
from gateways.models import KhqrAccount, QrRequest
from gateways.queries.requests import khqr_account
from gateways.services.confirming import record_transfer
from gateways.states import REQUEST_FLOW, UNPAID, RequestStatus

GRACE = datetime.timedelta(hours=1)  # who paid at the last moment is still found
AGAIN = datetime.timedelta(minutes=1)
STEPS = ((5, 5), (15, 10), (60, 15))  # minutes since it was made, seconds between two questions: the bank's own advice


@transaction.atomic
def request_qr(*, invoice: Invoice, by: Any, currency: str | None = None, amount: Decimal | None = None) -> QrRequest:
    """A code over what is due (or `amount` of it), in the invoice's currency or the other one at its rate.

    Asked for again with the same amount while the first still waits, the first is returned; another amount takes its
    place. Raises GatewayOff, ShiftMissing, NothingDue, AmountInvalid.
    """
    account = khqr_account()
    if account is None:
        raise GatewayOff()
    shift = lock_open_shift(by)
    invoice = lock_invoice(invoice)
    if not invoice.is_owing:
        raise NothingDue()
    currency = currency or invoice.currency
    due = convert(invoice.due_money, currency, invoice.rate).amount
    amount = due if amount is None else amount
    if not fits(amount, currency) or not 0 < amount <= due:
        raise AmountInvalid()
    waiting = QrRequest.objects.select_for_update(no_key=True).filter(invoice=invoice, status="waiting").first()
    if waiting:
        same = (waiting.amount, waiting.currency, waiting.shift_id) == (amount, currency, shift.pk)
        if same and waiting.expires_at > now():
            return waiting
        move(waiting, flow=REQUEST_FLOW, verb="cancel", by=by)
    return _make(account, invoice, shift, amount=amount, currency=currency, by=by)


def _make(
    account: KhqrAccount, invoice: Invoice, shift: Shift, *, amount: Decimal, currency: str, by: Any
) -> QrRequest:
    made = now()
    expires = made + datetime.timedelta(minutes=account.minutes)
    key = new_id()
    code = khqr.build(
        khqr.Receiver(account.bakong_id, account.name, account.city, account.merchant_id, account.acquiring_bank),
        amount=amount,
        currency=currency,
        created=made,
        expires=expires,
        bill_number=(invoice.number or "")[-25:],
        terminal=key.hex[-12:],  # two codes of one moment and amount are still two codes
    )
    request = QrRequest.objects.create(
        id=key,
        invoice=invoice,
        shift=shift,
        cashier=by,
        amount=amount,
        currency=currency,
        account_id=account.bakong_id,
        code=code,
        md5=khqr.md5_of(code),
        expires_at=expires,
        check_at=made + datetime.timedelta(seconds=STEPS[0][1]),
    )
    record(request, verb="request", from_status="", to_status=request.status, by=by)
    return request


@transaction.atomic
def cancel_qr(*, request: QrRequest, by: Any) -> QrRequest:
    """Stop showing a code. Who has paid it all the same is found for an hour. Raises MoveNotAllowed."""
    request = QrRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    move(request, flow=REQUEST_FLOW, verb="cancel", by=by)
    return request


@dataclass(frozen=True)
class Asked:
    """How a question to the bank ended: with a transfer written down, or nothing yet."""

    request: QrRequest
    found: bool


def ask_bank(request: QrRequest) -> Asked:
    """Ask the bank about one code, outside any transaction, and write down what it says.

    Raises GatewayOff, BankSilent, BankRefuses; the next question is planned in any case.
    """
    account = khqr_account()
    if account is None:
        raise GatewayOff()
    try:
        transfer = bakong.find_transfer(account.api, account.token, request.md5)
    except bakong.BankUnreachable as problem:
        plan_next(request)
        raise BankSilent() from problem
    except bakong.KeyRefused as problem:
        plan_next(request)
        raise BankRefuses() from problem
    if transfer is None:
        return Asked(plan_next(request), found=False)
    request = record_transfer(request_id=request.pk, transfer=transfer)
    return Asked(plan_next(request), found=True)  # nothing is planned for what is settled


@transaction.atomic
def plan_next(request: QrRequest) -> QrRequest:
    """When the bank is asked again, less often as time goes; an unpaid code expires, and is forgotten after an hour."""
    request = QrRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if request.status not in UNPAID:
        return request
    moment = now()
    if request.status == RequestStatus.WAITING and moment >= request.expires_at:
        move(request, flow=REQUEST_FLOW, verb="expire", by=None)
    request.checks += 1
    request.check_at = _next_question(request, moment)
    request.save(update_fields=["checks", "check_at", "updated_at"])
    return request


def postpone(request: QrRequest) -> None:
    """What could not be written down is tried again in a minute, however old the code is: its money may have come."""
    QrRequest.objects.filter(pk=request.pk, status__in=UNPAID).update(check_at=now() + AGAIN)


def _next_question(request: QrRequest, moment: datetime.datetime) -> datetime.datetime | None:
    if moment >= request.expires_at + GRACE:
        return None
    age = (moment - request.created_at).total_seconds() / 60
    seconds = next((seconds for minutes, seconds in STEPS if age < minutes), 60)
    return moment + datetime.timedelta(seconds=seconds)


def ask_soon(md5: str) -> QrRequest | None:
    """A call from the bank is no proof: it only lets the bank be asked at once. None for a code that is not ours."""
    request = QrRequest.objects.filter(md5=md5, status__in=UNPAID).first()
    if request:
        QrRequest.objects.filter(pk=request.pk).update(check_at=now())
    return request
