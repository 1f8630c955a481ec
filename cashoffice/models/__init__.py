from cashoffice.models.clearing import Clearing
from cashoffice.models.day import DayClosing
from cashoffice.models.deposit import Deposit, DepositShift
from cashoffice.models.report import ShiftReport, Variance
from cashoffice.models.statement import ACCOUNTS, Match, Source, Statement, StatementLine, StatementMapping
from cashoffice.models.transfer import Transfer
from cashoffice.models.voucher import Direction, Voucher, VoucherReason

__all__ = [
    "ACCOUNTS",
    "Clearing",
    "DayClosing",
    "Deposit",
    "DepositShift",
    "Direction",
    "Match",
    "ShiftReport",
    "Source",
    "Statement",
    "StatementLine",
    "StatementMapping",
    "Transfer",
    "Variance",
    "Voucher",
    "VoucherReason",
]
