"""States of charges, invoices and shifts, and the moves between them (PRODUCT section 4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Flow, Move


class ChargeStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    INVOICED = "invoiced", _("Invoiced")
    WAIVED = "waived", _("Waived")
    CANCELLED = "cancelled", _("Cancelled")


CHARGE_FLOW = Flow(
    field="status",
    moves={
        "invoice": Move({ChargeStatus.PENDING}, ChargeStatus.INVOICED),
        "release": Move({ChargeStatus.INVOICED}, ChargeStatus.PENDING),  # its invoice was voided
        "waive": Move({ChargeStatus.PENDING}, ChargeStatus.WAIVED),
        "cancel": Move({ChargeStatus.PENDING}, ChargeStatus.CANCELLED),
    },
)


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")
    WRITTEN_OFF = "written_off", _("Written off")


OWING = (InvoiceStatus.ISSUED, InvoiceStatus.PARTLY_PAID)
OPEN_INVOICES = (InvoiceStatus.DRAFT, *OWING)

INVOICE_FLOW = Flow(
    field="status",
    moves={
        "issue": Move({InvoiceStatus.DRAFT}, InvoiceStatus.ISSUED),
        "pay_part": Move(set(OWING), InvoiceStatus.PARTLY_PAID),
        "pay": Move(set(OWING), InvoiceStatus.PAID),
        "void": Move({InvoiceStatus.ISSUED, InvoiceStatus.PAID}, InvoiceStatus.VOID),  # paid: over nothing only
        "write_off": Move(set(OWING), InvoiceStatus.WRITTEN_OFF),
        # a payer refused what it was to pay, or somebody pays after all what was written off
        "reopen": Move({InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF}, InvoiceStatus.PARTLY_PAID),
        "recover": Move({InvoiceStatus.WRITTEN_OFF}, InvoiceStatus.ISSUED),  # nothing was ever paid on it
    },
)


class WriteOffStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("decision", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("decision", "Approved")
    DECLINED = "declined", pgettext_lazy("decision", "Declined")
    REVERSED = "reversed", pgettext_lazy("write-off", "Taken back")


WRITE_OFF_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({WriteOffStatus.REQUESTED}, WriteOffStatus.APPROVED),
        "decline": Move({WriteOffStatus.REQUESTED}, WriteOffStatus.DECLINED),
        "reverse": Move({WriteOffStatus.APPROVED}, WriteOffStatus.REVERSED),
    },
)


class CreditStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("credit note", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("credit note", "Approved")
    REFUNDED = "refunded", pgettext_lazy("credit note", "Paid out")
    DECLINED = "declined", pgettext_lazy("credit note", "Declined")


CREDIT_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({CreditStatus.REQUESTED}, CreditStatus.APPROVED),
        "decline": Move({CreditStatus.REQUESTED}, CreditStatus.DECLINED),
        "refund": Move({CreditStatus.APPROVED}, CreditStatus.REFUNDED),
    },
)


class DepositRefundStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("credit note", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("credit note", "Approved")
    REFUNDED = "refunded", pgettext_lazy("credit note", "Paid out")
    DECLINED = "declined", pgettext_lazy("credit note", "Declined")


DEPOSIT_REFUND_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({DepositRefundStatus.REQUESTED}, DepositRefundStatus.APPROVED),
        "decline": Move({DepositRefundStatus.REQUESTED, DepositRefundStatus.APPROVED}, DepositRefundStatus.DECLINED),
        "refund": Move({DepositRefundStatus.APPROVED}, DepositRefundStatus.REFUNDED),
    },
)


class ProposalStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("state", "Waiting")
    ACCEPTED = "accepted", pgettext_lazy("state", "Accepted")
    DECLINED = "declined", pgettext_lazy("credit note", "Declined")


PROPOSAL_FLOW = Flow(
    field="status",
    moves={
        "accept": Move({ProposalStatus.WAITING}, ProposalStatus.ACCEPTED),
        "decline": Move({ProposalStatus.WAITING}, ProposalStatus.DECLINED),
    },
)


class PayoutStatus(models.TextChoices):
    """Of a doctor's fees: asked for by one person, paid by another."""

    REQUESTED = "requested", pgettext_lazy("fees", "To be paid")
    PAID = "paid", pgettext_lazy("fees", "Paid out")
    DECLINED = "declined", pgettext_lazy("credit note", "Declined")


PAYOUT_FLOW = Flow(
    field="status",
    moves={
        "pay": Move({PayoutStatus.REQUESTED}, PayoutStatus.PAID),
        "decline": Move({PayoutStatus.REQUESTED}, PayoutStatus.DECLINED),
    },
)


class DecisionStatus(models.TextChoices):
    """Of what one person asks for and another decides: a concession, a grant to a fund."""

    REQUESTED = "requested", pgettext_lazy("decision", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("decision", "Approved")
    DECLINED = "declined", pgettext_lazy("decision", "Declined")


DECISION_FLOW = Flow(
    field="status",
    moves={
        "approve": Move({DecisionStatus.REQUESTED}, DecisionStatus.APPROVED),
        "decline": Move({DecisionStatus.REQUESTED}, DecisionStatus.DECLINED),
    },
)


class ShiftStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("state", "Open")
    COUNTED = "counted", _("Counted")
    CLOSED = "closed", _("Closed")
    RECONCILED = "reconciled", _("Reconciled")


RUNNING_SHIFTS = (ShiftStatus.OPEN, ShiftStatus.COUNTED)

SHIFT_FLOW = Flow(
    field="status",
    moves={
        "count": Move({ShiftStatus.OPEN}, ShiftStatus.COUNTED),
        "close": Move({ShiftStatus.COUNTED}, ShiftStatus.CLOSED),
        "accept": Move({ShiftStatus.CLOSED}, ShiftStatus.RECONCILED),
    },
)
