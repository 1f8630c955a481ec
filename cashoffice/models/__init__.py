from cashoffice.models.report import ShiftReport, Variance
from cashoffice.models.transfer import Transfer
from cashoffice.models.voucher import Direction, Voucher, VoucherReason

__all__ = ["Direction", "ShiftReport", "Transfer", "Variance", "Voucher", "VoucherReason"]
