"""Papers of the cash office as cashiers write them."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from billing.models import Shift
from cashoffice.models import Transfer, Voucher, VoucherReason
from cashoffice.services.transfers import send_transfer
from cashoffice.services.vouchers import write_voucher


def reason(code: str = "SUPPLIES") -> VoucherReason:
    return VoucherReason.objects.get(code=code)


def voucher(usd: int = 0, khr: int = 0, *, code: str = "SUPPLIES", by: User, **words: Any) -> Voucher:
    """Petty cash out of the open shift of `by`, unless another reason is named."""
    return write_voucher(reason=reason(code), usd=Decimal(usd), khr=Decimal(khr), by=by, **words)


def transfer(receiver: Shift, usd: int = 0, khr: int = 0, *, by: User) -> Transfer:
    return send_transfer(receiver=receiver, usd=Decimal(usd), khr=Decimal(khr), by=by)
