"""Paying doctors their fees: one person asks, another pays, never more than is owed at that moment."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import pricing
from billing.errors import ReasonMissing, TenderInvalid
from billing.errors_fees import FeesOfOneself, FeesShort, PayoutByRequester, PayoutDecided
from billing.models import EntryKind, FeeAccount, FeeMove, FeePayout, Method, Shift
from billing.queries.catalogue import current_rate
from billing.services import journal
from billing.services.credits import check_drawer
from billing.services.numbers import paper_number
from billing.services.shifts import lock_open_shift
from billing.services.transitions import move, record
from billing.states import PAYOUT_FLOW
from core.clock import now
from core.money import fits
from core.preferences import preference


@transaction.atomic
def request_payout(*, account: FeeAccount, amount: Decimal, branch: Any, by: Any) -> FeePayout:
    """Ask to pay a doctor. Nothing is posted. Raises TenderInvalid, FeesShort, FeesOfOneself."""
    if amount <= 0 or not fits(amount, account.currency):
        raise TenderInvalid(field="amount")
    account = _lock_account(account.pk)
    if account.doctor_id == by.pk:
        raise FeesOfOneself()
    if amount > account.balance:
        raise FeesShort()
    payout = FeePayout.objects.create(
        account=account,
        doctor_id=account.doctor_id,
        branch=branch,
        amount=amount,
        currency=account.currency,
        requested_by=by,
    )
    record(payout, verb="request", from_status="", to_status=payout.status, by=by)
    return payout


@transaction.atomic
def pay_payout(*, payout: FeePayout, method: str, notes_in: str, reference: str = "", by: Any) -> FeePayout:
    """Pay what somebody else asked for, whole, once: in notes from the open shift of `by`, or by a transfer made.

    Raises TenderInvalid, ShiftMissing, PayoutDecided, PayoutByRequester, FeesOfOneself, FeesShort, DrawerShort.
    """
    if method not in (Method.CASH, Method.BANK) or (method == Method.BANK and not reference.strip()):
        raise TenderInvalid(field="reference" if method == Method.BANK else "method")
    shift = lock_open_shift(by) if method == Method.CASH else None
    account, payout = _lock(payout)
    _check_decision(payout, by)
    if payout.amount > account.balance:
        raise FeesShort(field="method")
    rate = current_rate().riel_per_dollar
    paying = pricing.pay_out(
        payout.money,
        rate=rate,
        notes_in=notes_in if shift else None,
        step=preference("billing.cash_rounding_khr"),
    )
    if shift:
        check_drawer(shift, paying.parts)
    move(
        payout,
        flow=PAYOUT_FLOW,
        verb="pay",
        by=by,
        number=paper_number("fee_payout", "DF", payout.branch),
        decided_by=by,
        decided_at=now(),
        method=method,
        reference=reference,
        shift=shift,
        rate=rate,
        rounding=paying.rounding,
    )
    _post(payout, shift, paying, by)
    return payout


@transaction.atomic
def decline_payout(*, payout: FeePayout, reason: str, by: Any) -> FeePayout:
    """Do not pay what somebody else asked for.

    Raises ReasonMissing, PayoutDecided, PayoutByRequester, FeesOfOneself.
    """
    if not reason.strip():
        raise ReasonMissing()
    _account, payout = _lock(payout)
    _check_decision(payout, by)
    columns = {"decline_reason": reason, "decided_by": by, "decided_at": now()}
    move(payout, flow=PAYOUT_FLOW, verb="decline", by=by, reason=reason, **columns)
    return payout


def _lock_account(pk: Any) -> FeeAccount:
    return FeeAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _lock(payout: FeePayout) -> tuple[FeeAccount, FeePayout]:
    """Account before payout, in this order everywhere."""
    account = _lock_account(payout.account_id)
    locked = FeePayout.objects.select_for_update(of=("self",), no_key=True)
    return account, locked.select_related("branch").get(pk=payout.pk)


def _check_decision(payout: FeePayout, by: Any) -> None:
    if not payout.can_decide:
        raise PayoutDecided()
    if payout.doctor_id == by.pk:
        raise FeesOfOneself()
    if payout.requested_by_id == by.pk:
        raise PayoutByRequester()


def _post(payout: FeePayout, shift: Shift | None, paying: pricing.PayOut, by: Any) -> None:
    """The hospital owes the doctor less; notes or a transfer go out, with exchange and rounding as for any pay-out."""
    owed = journal.Side(journal.FEES, payout.currency, payout.amount)
    entry = journal.post(
        kind=EntryKind.FEES_PAID,
        source_id=payout.pk,
        sides=journal.paid_out(owed, method=payout.method, paying=paying, in_shift=shift is not None),
        branch_id=shift.branch_id if shift else payout.branch_id,
        by=by,
        shift=shift,
        rate=payout.rate,
    )
    assert entry is not None
    FeeMove.objects.create(
        account_id=payout.account_id,
        entry=entry,
        amount=-payout.amount,
        currency=payout.currency,
        date=entry.date,
        payout=payout,
    )
