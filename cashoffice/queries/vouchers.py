"""Reading cash vouchers and their reasons."""

from typing import Any

from django.db.models import Q, QuerySet

from cashoffice.models import Voucher, VoucherReason
from cashoffice.states import VoucherStatus


def visible_vouchers(user: Any) -> QuerySet[Voucher]:
    """All vouchers for whoever supervises or approves; a cashier sees their own. Newest first."""
    vouchers = Voucher.objects.select_related(
        "shift__branch", "shift__drawer", "shift__cashier", "reason__account", "requested_by", "decided_by"
    ).order_by("-id")
    everything = user.may("shift:view") or user.may("voucher:approve")
    return vouchers if everything else vouchers.filter(requested_by=user)


def waiting_vouchers(user: Any) -> QuerySet[Voucher]:
    """What this person can decide, and what they wrote and is not decided yet."""
    decides = ~Q(requested_by=user) if user.may("voucher:approve") else Q(pk__in=[])
    return visible_vouchers(user).filter(decides | Q(requested_by=user), status=VoucherStatus.REQUESTED)


def vouchers_waiting(user: Any) -> int:
    """How many vouchers wait: for the menu."""
    return waiting_vouchers(user).order_by().count()


def reasons_in_use() -> QuerySet[VoucherReason]:
    return VoucherReason.objects.filter(is_active=True).select_related("account").order_by("direction", "code")
