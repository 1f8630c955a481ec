from cashoffice.models.transfer import Transfer
from cashoffice.models.voucher import Direction, Voucher, VoucherReason

__all__ = ["Direction", "Transfer", "Voucher", "VoucherReason"]
