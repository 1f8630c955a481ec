"""How the states of this room look."""

from cashoffice.states import DepositStatus, StatementStatus, TransferStatus, VoucherStatus
from core import badges
from core.badges import Look

badges.register(
    "voucher",
    {
        VoucherStatus.REQUESTED.value: Look("amber", "hourglass", VoucherStatus.REQUESTED.label),
        VoucherStatus.POSTED.value: Look("green", "check", VoucherStatus.POSTED.label),
        VoucherStatus.DECLINED.value: Look("grey", "circle-x", VoucherStatus.DECLINED.label),
        VoucherStatus.WITHDRAWN.value: Look("grey", "arrow-back-up", VoucherStatus.WITHDRAWN.label),
    },
)
badges.register(
    "transfer",
    {
        TransferStatus.SENT.value: Look("amber", "send", TransferStatus.SENT.label),
        TransferStatus.RECEIVED.value: Look("green", "check", TransferStatus.RECEIVED.label),
        TransferStatus.DECLINED.value: Look("grey", "circle-x", TransferStatus.DECLINED.label),
        TransferStatus.WITHDRAWN.value: Look("grey", "arrow-back-up", TransferStatus.WITHDRAWN.label),
    },
)
badges.register(
    "deposit",
    {
        DepositStatus.PREPARED.value: Look("amber", "package", DepositStatus.PREPARED.label),
        DepositStatus.HANDED_OVER.value: Look("blue", "truck-delivery", DepositStatus.HANDED_OVER.label),
        DepositStatus.BANKED.value: Look("green", "check", DepositStatus.BANKED.label),
        DepositStatus.CANCELLED.value: Look("grey", "circle-x", DepositStatus.CANCELLED.label),
    },
)
badges.register(
    "statement",
    {
        StatementStatus.OPEN.value: Look("amber", "hourglass", StatementStatus.OPEN.label),
        StatementStatus.ACCEPTED.value: Look("green", "checks", StatementStatus.ACCEPTED.label),
    },
)
