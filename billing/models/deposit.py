"""Deposits: money a patient or family has paid in advance. It is owed to them until used or paid back.

A deposit is held in the currency it came in, so that no rate stands between paying in and getting back.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.payment import Method
from billing.states import DEPOSIT_REFUND_FLOW, DepositRefundStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class Gateway(models.TextChoices):
    """Where money comes in without a cashier taking it."""

    KHQR = "khqr", _("KHQR")
    STRIPE = "stripe", _("Online card (Stripe)")


class DepositAccount(UUIDModel):
    """What is held for one patient, or for a whole family, in one currency; never below zero.

    `balance` is the sum of its moves (a trigger insists) and changes under a row lock. `branch`, where the account was
    opened, keeps it in the ledger, wherever it is used.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_accounts"
    )
    family = models.ForeignKey(
        "patients.Family", on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_accounts"
    )
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+", verbose_name=_("Branch"))
    currency = CurrencyField(_("Currency"))
    balance = MoneyAmountField(_("Held"), default=Decimal(0))

    class Meta:
        verbose_name = _("Deposit account")
        ordering = ["pk"]
        indexes = [models.Index(fields=["-updated_at"], condition=Q(balance__gt=0), name="billing_deposit_held")]
        constraints = [
            models.UniqueConstraint(fields=["patient", "currency"], name="billing_deposit_of_patient"),
            models.UniqueConstraint(fields=["family", "currency"], name="billing_deposit_of_family"),
            models.CheckConstraint(
                condition=Q(patient__isnull=False, family__isnull=True) | Q(patient__isnull=True, family__isnull=False),
                name="billing_deposit_one_owner",
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="billing_deposit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.balance}"

    @property
    def money(self) -> Money:
        return Money(self.balance, self.currency)

    @property
    def is_of_family(self) -> bool:
        return self.family_id is not None


class Deposit(UUIDModel, AppendOnly):
    """A receipt over money paid in advance, in the cashier's open shift, or by a gateway outside any shift.

    `patient` is who stood at the desk; with `for_family` every member of the family may use the money.
    """

    key = models.UUIDField(unique=True)
    number = models.CharField(_("Receipt number"), max_length=40, unique=True)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="deposits")
    for_family = models.BooleanField(_("For the whole family"), default=False)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="deposits")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(_("Gateway"), max_length=8, choices=Gateway, blank=True, default="")
    received_at = models.DateTimeField(_("Received"))

    class Meta:
        verbose_name = _("Deposit")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shift__isnull=False) | Q(gateway__in=Gateway.values), name="billing_deposit_in_a_shift"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DepositTender(UUIDModel, AppendOnly):
    """One part of what was paid in."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="tenders")
    method = models.CharField(_("Method"), max_length=8, choices=Method)
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_deposit_tender_positive"),
            models.CheckConstraint(
                condition=Q(method__in=[one for one in Method.values if one != Method.DEPOSIT]),
                name="billing_deposit_tender_method",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class DepositRefund(UUIDModel):
    """Asked for by one person, decided by another, paid out once by a cashier to one destination.

    `rate` and `rounding` are those of the moment it was paid out in notes.
    """

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="refunds")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="deposit_refunds")
    status = models.CharField(
        _("Status"), max_length=12, choices=DepositRefundStatus, default=DepositRefundStatus.REQUESTED
    )
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    reason = EncryptedTextField(_("Reason"), max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")
    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="deposit_refunds")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(_("Paid out"), null=True, blank=True)
    method = models.CharField(_("Method"), max_length=8, choices=Method, blank=True, default="")
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2, null=True)
    rounding = models.DecimalField(_("Rounding in riel"), max_digits=14, decimal_places=0, default=Decimal(0))

    class Meta:
        verbose_name = _("Refund of a deposit")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(status__in=["requested", "approved"]), name="billing_deposit_waiting"
            ),
        ]
        constraints = [
            DEPOSIT_REFUND_FLOW.constraint("billing_deposit_refund_status"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_deposit_refund_amount"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="billing_deposit_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True)
                | (~Q(status="requested") & Q(decided_by__isnull=False)),
                name="billing_deposit_decision",
            ),
            models.CheckConstraint(
                condition=Q(status="refunded", shift__isnull=False, number__isnull=False, paid_at__isnull=False)
                | (~Q(status="refunded") & Q(shift__isnull=True, number__isnull=True, paid_at__isnull=True)),
                name="billing_deposit_paid_in_shift",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""), name="billing_deposit_declined_why"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Refund of a deposit"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def can_decide(self) -> bool:
        return DEPOSIT_REFUND_FLOW.can("approve", self.status)

    @property
    def can_pay(self) -> bool:
        return DEPOSIT_REFUND_FLOW.can("refund", self.status)


class DepositRefundPart(UUIDModel, AppendOnly):
    """What was handed over or sent, one row per currency."""

    refund = models.ForeignKey(DepositRefund, on_delete=models.PROTECT, related_name="parts")
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))

    class Meta:
        ordering = ["-currency"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_deposit_part_positive"),
            models.UniqueConstraint(fields=["refund", "currency"], name="billing_deposit_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class DepositMove(UUIDModel, AppendOnly):
    """One change of what is held, with the entry that posted it: paid in (+), used or paid back (-), credited (+)."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="moves")
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    entry = models.ForeignKey("billing.Entry", on_delete=models.PROTECT, related_name="deposit_moves")
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, null=True, related_name="moves")
    payment = models.ForeignKey("billing.Payment", on_delete=models.PROTECT, null=True, related_name="deposit_moves")
    refund = models.ForeignKey(DepositRefund, on_delete=models.PROTECT, null=True, related_name="moves")
    credit = models.ForeignKey("billing.Refund", on_delete=models.PROTECT, null=True, related_name="deposit_moves")

    class Meta:
        verbose_name = _("Move of a deposit")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, deposit__isnull=False, payment=None, refund=None, credit=None)
                | Q(amount__lt=0, payment__isnull=False, deposit=None, refund=None, credit=None)
                | Q(amount__lt=0, refund__isnull=False, deposit=None, payment=None, credit=None)
                | Q(amount__gt=0, credit__isnull=False, deposit=None, payment=None, refund=None),
                name="billing_deposit_move_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def document(self) -> str:
        """The number of the paper that moved it."""
        paper = self.deposit or self.payment or self.refund or self.credit
        return str(paper)
