"""Paying a deposit back: somebody asks, somebody else approves, a cashier pays it out once, to one destination."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import pricing
from billing.errors import (
    ApprovesOwnRefund,
    DepositShort,
    ReasonMissing,
    RefundDecided,
    RefundNotApproved,
    TenderInvalid,
)
from billing.models import DepositAccount, DepositRefund, DepositRefundPart, EntryKind, Method, Shift
from billing.queries.catalogue import current_rate
from billing.services import journal
from billing.services.credits import check_drawer
from billing.services.deposits import take_off
from billing.services.numbers import paper_number
from billing.services.shifts import lock_open_shift
from billing.services.transitions import move, record
from billing.states import DEPOSIT_REFUND_FLOW
from core.clock import now
from core.money import fits
from core.preferences import preference


@transaction.atomic
def request_deposit_refund(
    *, account: DepositAccount, patient: Any, amount: Decimal, reason: str, by: Any
) -> DepositRefund:
    """Ask to pay back part of what is held. Raises ReasonMissing, TenderInvalid, DepositShort."""
    if not reason.strip():
        raise ReasonMissing()
    if amount <= 0 or not fits(amount, account.currency):
        raise TenderInvalid(field="amount")
    account = _lock_account(account.pk)
    if amount > account.balance:
        raise DepositShort(field="amount")
    refund = DepositRefund.objects.create(
        account=account, patient=patient, amount=amount, currency=account.currency, reason=reason, requested_by=by
    )
    record(refund, verb="request", from_status="", to_status=refund.status, by=by, reason=reason)
    return refund


@transaction.atomic
def approve_deposit_refund(*, refund: DepositRefund, by: Any) -> DepositRefund:
    """Let a cashier pay it out. Raises ApprovesOwnRefund, RefundDecided, DepositShort."""
    account, refund = _lock(refund)
    if not refund.can_decide:
        raise RefundDecided()
    _check_decision(refund, by)
    if refund.amount > account.balance:
        raise DepositShort(field="amount")
    move(refund, flow=DEPOSIT_REFUND_FLOW, verb="approve", by=by, decided_by=by, decided_at=now())
    return refund


@transaction.atomic
def decline_deposit_refund(*, refund: DepositRefund, reason: str, by: Any) -> DepositRefund:
    """Refuse it, also after an approval that was not paid out yet. Raises ReasonMissing, RefundDecided."""
    if not reason.strip():
        raise ReasonMissing()
    _account, refund = _lock(refund)
    if not DEPOSIT_REFUND_FLOW.can("decline", refund.status):
        raise RefundDecided()
    _check_decision(refund, by)
    move(
        refund, flow=DEPOSIT_REFUND_FLOW, verb="decline", by=by, reason=reason, decline_reason=reason, decided_by=by,
        decided_at=now(),
    )  # fmt: skip
    return refund


@transaction.atomic
def pay_deposit_refund(
    *, refund: DepositRefund, method: str, notes_in: str, reference: str = "", by: Any
) -> DepositRefund:
    """Pay out an approved refund, whole, once, from the open shift of `by`; never more than is held at that moment.

    Cash goes out in dollars with riel for the rest (`notes_in` USD) or in riel only, at today's rate; anything else in
    the deposit's own currency. Raises ShiftMissing, RefundNotApproved, DepositShort, DrawerShort, TenderInvalid.
    """
    if method not in (Method.CASH, Method.CARD, Method.BANK, Method.KHQR):
        raise TenderInvalid(field="method")
    shift = lock_open_shift(by)
    account, refund = _lock(refund)
    if not refund.can_pay:
        raise RefundNotApproved()
    if refund.amount > account.balance:
        raise DepositShort(field="method")
    rate = current_rate().riel_per_dollar
    paying = pricing.pay_out(
        refund.money,
        rate=rate,
        notes_in=notes_in if method == Method.CASH else None,
        step=preference("billing.cash_rounding_khr"),
    )
    if method == Method.CASH:
        check_drawer(shift, paying.parts)
    _record(refund, shift, paying, method=method, reference=reference, rate=rate, by=by)
    _post(refund, account, shift, paying)
    return refund


def _lock_account(pk: Any) -> DepositAccount:
    return DepositAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _lock(refund: DepositRefund) -> tuple[DepositAccount, DepositRefund]:
    """Account before refund, in this order everywhere."""
    account = _lock_account(refund.account_id)
    return account, DepositRefund.objects.select_for_update(of=("self",), no_key=True).get(pk=refund.pk)


def _check_decision(refund: DepositRefund, by: Any) -> None:
    if refund.requested_by_id == by.pk:
        raise ApprovesOwnRefund()


def _record(
    refund: DepositRefund, shift: Shift, paying: pricing.PayOut, *, method: str, reference: str, rate: Decimal, by: Any
) -> None:
    move(
        refund,
        flow=DEPOSIT_REFUND_FLOW,
        verb="refund",
        by=by,
        number=paper_number("deposit_refund", "DR", shift.branch),
        shift=shift,
        cashier=by,
        paid_at=now(),
        method=method,
        reference=reference,
        rate=rate,
        rounding=paying.rounding,
    )
    DepositRefundPart.objects.bulk_create(
        DepositRefundPart(refund=refund, currency=currency, amount=amount) for currency, amount in paying.parts.items()
    )


def _post(refund: DepositRefund, account: DepositAccount, shift: Shift, paying: pricing.PayOut) -> None:
    """The hospital owes less; notes or a transfer go out, with exchange and rounding as for any pay-out."""
    owed = journal.Side(journal.DEPOSITS, refund.currency, refund.amount, branch=account.branch_id)
    entry = journal.post(
        kind=EntryKind.DEPOSIT_REFUNDED,
        source_id=refund.pk,
        sides=journal.paid_out(owed, method=refund.method, paying=paying, in_shift=True),
        branch_id=shift.branch_id,
        by=refund.cashier,
        shift=shift,
        rate=refund.rate,
        at=refund.paid_at,
    )
    take_off(account, refund.amount, refund=refund, entry=entry)
