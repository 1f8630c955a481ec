"""How the states of this room look."""

from billing.states import CreditStatus, DecisionStatus, DepositRefundStatus, PayoutStatus, WriteOffStatus
from core import badges
from core.badges import Look

badges.register(
    "credit_note",
    {
        CreditStatus.REQUESTED.value: Look("amber", "hourglass", CreditStatus.REQUESTED.label),
        CreditStatus.APPROVED.value: Look("blue", "check", CreditStatus.APPROVED.label),
        CreditStatus.REFUNDED.value: Look("green", "cash", CreditStatus.REFUNDED.label),
        CreditStatus.DECLINED.value: Look("grey", "circle-x", CreditStatus.DECLINED.label),
    },
)
badges.register(
    "deposit_refund",
    {
        DepositRefundStatus.REQUESTED.value: Look("amber", "hourglass", DepositRefundStatus.REQUESTED.label),
        DepositRefundStatus.APPROVED.value: Look("blue", "check", DepositRefundStatus.APPROVED.label),
        DepositRefundStatus.REFUNDED.value: Look("green", "cash", DepositRefundStatus.REFUNDED.label),
        DepositRefundStatus.DECLINED.value: Look("grey", "circle-x", DepositRefundStatus.DECLINED.label),
    },
)

badges.register(
    "decision",
    {
        DecisionStatus.REQUESTED.value: Look("amber", "hourglass", DecisionStatus.REQUESTED.label),
        DecisionStatus.APPROVED.value: Look("green", "check", DecisionStatus.APPROVED.label),
        DecisionStatus.DECLINED.value: Look("grey", "circle-x", DecisionStatus.DECLINED.label),
    },
)
badges.register(
    "write_off",
    {
        WriteOffStatus.REQUESTED.value: Look("amber", "hourglass", WriteOffStatus.REQUESTED.label),
        WriteOffStatus.APPROVED.value: Look("grey", "eraser", WriteOffStatus.APPROVED.label),
        WriteOffStatus.DECLINED.value: Look("grey", "circle-x", WriteOffStatus.DECLINED.label),
        WriteOffStatus.REVERSED.value: Look("blue", "arrow-back-up", WriteOffStatus.REVERSED.label),
    },
)
badges.register(
    "fee_payout",
    {
        PayoutStatus.REQUESTED.value: Look("amber", "hourglass", PayoutStatus.REQUESTED.label),
        PayoutStatus.PAID.value: Look("green", "cash", PayoutStatus.PAID.label),
        PayoutStatus.DECLINED.value: Look("grey", "circle-x", PayoutStatus.DECLINED.label),
    },
)
