"""States of the cash office's papers, and the moves between them."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class VoucherStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("voucher", "Waiting for approval")
    POSTED = "posted", pgettext_lazy("voucher", "Posted")
    DECLINED = "declined", pgettext_lazy("voucher", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("voucher", "Taken back")


VOUCHER_FLOW = Flow(
    moves={
        "post": Move({VoucherStatus.REQUESTED}, VoucherStatus.POSTED),
        "decline": Move({VoucherStatus.REQUESTED}, VoucherStatus.DECLINED),
        "withdraw": Move({VoucherStatus.REQUESTED}, VoucherStatus.WITHDRAWN),
    },
)


class TransferStatus(models.TextChoices):
    SENT = "sent", pgettext_lazy("transfer", "Sent, not answered")
    RECEIVED = "received", pgettext_lazy("transfer", "Received")
    DECLINED = "declined", pgettext_lazy("transfer", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Taken back")


TRANSFER_FLOW = Flow(
    moves={
        "receive": Move({TransferStatus.SENT}, TransferStatus.RECEIVED),
        "decline": Move({TransferStatus.SENT}, TransferStatus.DECLINED),
        "withdraw": Move({TransferStatus.SENT}, TransferStatus.WITHDRAWN),
    },
)


class VarianceStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("variance", "To be reviewed")
    REVIEWED = "reviewed", pgettext_lazy("variance", "Reviewed")


VARIANCE_FLOW = Flow(moves={"review": Move({VarianceStatus.WAITING}, VarianceStatus.REVIEWED)})


class DepositStatus(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("deposit", "Prepared")
    HANDED_OVER = "handed_over", pgettext_lazy("deposit", "On its way to the bank")
    BANKED = "banked", pgettext_lazy("deposit", "Banked")
    CANCELLED = "cancelled", pgettext_lazy("deposit", "Cancelled")


DEPOSIT_FLOW = Flow(
    moves={
        "hand_over": Move({DepositStatus.PREPARED}, DepositStatus.HANDED_OVER),
        "bank": Move({DepositStatus.HANDED_OVER}, DepositStatus.BANKED),
        "cancel": Move({DepositStatus.PREPARED}, DepositStatus.CANCELLED),
    },
)


class StatementStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("statement", "To be matched")
    ACCEPTED = "accepted", pgettext_lazy("statement", "Accepted")


STATEMENT_FLOW = Flow(moves={"accept": Move({StatementStatus.OPEN}, StatementStatus.ACCEPTED)})
