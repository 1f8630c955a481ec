"""Vouchers: cash in and out of a running shift, approved by somebody else above the limit, posted in the shift."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import ReasonMissing
from billing.models import EntryKind, Shift
from billing.queries.catalogue import current_rate
from billing.services import journal
from billing.services.numbers import paper_number
from billing.services.shifts import lock_open_shift
from billing.services.transitions import move, record
from cashoffice.errors import DecidesOwnVoucher, NotYours, ReasonCodeTaken, ReasonUnknown
from cashoffice.models import Direction, Voucher, VoucherReason
from cashoffice.services.shifts import check_drawer, check_notes, lock_open_shifts
from cashoffice.states import VOUCHER_FLOW
from core.clock import now
from core.money import KHR, USD, Money, convert
from core.preferences import preference


@transaction.atomic
def write_voucher(
    *, reason: VoucherReason, usd: Decimal, khr: Decimal, party: str = "", note: str = "", by: Any
) -> Voucher:
    """Write a voucher in the open shift of `by`: posted at once, or waiting for somebody else above the limit.

    Raises AmountMissing, NotNotes, ReasonUnknown, ShiftMissing, NotInDrawer, DayClosed.
    """
    check_notes(usd=usd, khr=khr)
    shift = lock_open_shift(by)
    reason = VoucherReason.objects.get(pk=reason.pk)
    if not reason.is_active:
        raise ReasonUnknown()
    voucher = Voucher(
        shift=shift,
        reason=reason,
        direction=reason.direction,
        usd=usd,
        khr=khr,
        worth_usd=_worth(usd, khr),
        limit_usd=Decimal(preference("cashoffice.voucher_limit_usd")) if reason.is_limited else None,
        party=party,
        note=note,
        requested_by=by,
    )
    _check_leaving(voucher)
    voucher.save(force_insert=True)
    record(voucher, verb="request", from_status="", to_status=voucher.status, by=by)
    if not voucher.needs_approval:
        _post(voucher, by)
    return voucher


@transaction.atomic
def approve_voucher(*, voucher: Voucher, by: Any) -> Voucher:
    """Post what somebody else wrote. Raises DecidesOwnVoucher, ShiftEnded, NotInDrawer, MoveNotAllowed, DayClosed."""
    voucher = _lock(voucher)
    if voucher.requested_by_id == by.pk:
        raise DecidesOwnVoucher()
    VOUCHER_FLOW.check("post", voucher.status)
    _check_leaving(voucher)
    _post(voucher, by, decided_by=by, decided_at=now())
    return voucher


@transaction.atomic
def decline_voucher(*, voucher: Voucher, reason: str, by: Any) -> Voucher:
    """Refuse a voucher, with a reason. Raises ReasonMissing, DecidesOwnVoucher, MoveNotAllowed."""
    if not reason.strip():
        raise ReasonMissing()
    voucher = _lock(voucher)
    if voucher.requested_by_id == by.pk:
        raise DecidesOwnVoucher()
    columns = {"decline_reason": reason, "decided_by": by, "decided_at": now()}
    move(voucher, flow=VOUCHER_FLOW, verb="decline", by=by, reason=reason, **columns)
    return voucher


@transaction.atomic
def withdraw_voucher(*, voucher: Voucher, by: Any) -> Voucher:
    """Take back an own voucher that nobody has decided yet. Raises NotYours, MoveNotAllowed."""
    voucher = _lock(voucher)
    if voucher.requested_by_id != by.pk:
        raise NotYours()
    move(voucher, flow=VOUCHER_FLOW, verb="withdraw", by=by)
    return voucher


@transaction.atomic
def save_reason(
    *,
    reason: VoucherReason | None = None,
    code: str,
    names: Mapping[str, str],
    direction: str,
    account: Any,
    is_limited: bool,
    is_active: bool = True,
    by: Any = None,
) -> VoucherReason:
    """Make a reason or change it; what was posted with it stays as it was. `names` by suffix (en, km, zh_hans).

    Raises ReasonCodeTaken.
    """
    reason = reason or VoucherReason()
    code = code.strip().upper()
    if VoucherReason.objects.exclude(pk=reason.pk).filter(code=code).exists():
        raise ReasonCodeTaken()
    reason.code, reason.direction, reason.account = code, direction, account
    reason.is_limited, reason.is_active = is_limited, is_active
    for suffix, name in names.items():
        setattr(reason, f"name_{suffix}", name)
    reason.save()
    return reason


def _lock(voucher: Voucher) -> Voucher:
    """The shift before its voucher, in this order everywhere."""
    lock_open_shifts([voucher.shift_id])
    locked = Voucher.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("shift__branch", "reason__account").get(pk=voucher.pk)


def _worth(usd: Decimal, khr: Decimal) -> Decimal:
    if not khr:
        return usd
    return usd + convert(Money(khr, KHR), USD, current_rate().riel_per_dollar).amount


def _check_leaving(voucher: Voucher) -> None:
    if voucher.direction == Direction.OUT:
        check_drawer(voucher.shift, voucher.amounts)


def _post(voucher: Voucher, by: Any, **columns: Any) -> None:
    shift: Shift = voucher.shift
    number = paper_number("voucher", "V", shift.branch)
    move(voucher, flow=VOUCHER_FLOW, verb="post", by=by, number=number, posted_at=now(), **columns)
    sides = []
    for currency, amount in voucher.amounts.items():
        gained = amount * voucher.sign
        sides.append(journal.Side(journal.DRAWER, currency, gained, in_shift=True))
        sides.append(journal.Side(voucher.reason.account.key, currency, -gained))
    journal.post(
        kind=EntryKind.CASH_VOUCHER, source_id=voucher.pk, sides=sides, branch_id=shift.branch_id, by=by, shift=shift
    )
