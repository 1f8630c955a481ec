"""Doctors' fees: the shares agreed with them, what invoices earned them by these, and what was paid out."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.catalogue import Category
from billing.models.payment import Method
from billing.states import PAYOUT_FLOW, PayoutStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import Currency, CurrencyField, Money, MoneyAmountField

DAYS = (
    Func("valid_from", "valid_to", function="daterange", output_field=DateRangeField()),
    RangeOperators.OVERLAPS,
)


class FeeRule(UUIDModel):
    """What a doctor gets of one service, or of a category: a percentage of the price, or a fixed fee for each.

    A rule for the service goes before one for its category. Rules are never edited: one ends and another begins, and
    no two of the same kind hold on the same day. `valid_to` is the first day that is not included.
    """

    doctor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fee_rules", verbose_name=_("Doctor")
    )
    service = models.ForeignKey(
        "billing.Service", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Service")
    )
    category = models.CharField(_("Category"), max_length=20, choices=Category, blank=True, default="")
    percent = models.DecimalField(_("Percent"), max_digits=5, decimal_places=2, null=True)
    amount = MoneyAmountField(_("Fixed fee"), null=True)
    currency = CurrencyField(_("Currency"), blank=True, default="")
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid until (not included)"), null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Share of a doctor")
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, category="") | Q(service__isnull=True, category__in=Category.values),
                name="billing_fee_rule_for",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount__isnull=True, currency="")
                | Q(percent__isnull=True, amount__gt=0, currency__in=Currency.values),
                name="billing_fee_rule_worth",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="billing_fee_rule_dates"
            ),
            models.CheckConstraint(condition=~Q(doctor=F("set_by")), name="billing_fee_rule_not_own"),
            ExclusionConstraint(
                name="billing_fee_rule_service_once",
                expressions=[("doctor", RangeOperators.EQUAL), ("service", RangeOperators.EQUAL), DAYS],
                condition=Q(service__isnull=False),
            ),
            ExclusionConstraint(
                name="billing_fee_rule_category_once",
                expressions=[("doctor", RangeOperators.EQUAL), ("category", RangeOperators.EQUAL), DAYS],
                condition=Q(service__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.service_id or self.category}"

    @property
    def fixed(self) -> Money | None:
        return Money(self.amount, self.currency) if self.amount is not None else None

    @property
    def last_day(self) -> datetime.date | None:
        return self.valid_to - datetime.timedelta(days=1) if self.valid_to else None


class FeeAccount(UUIDModel):
    """What the hospital owes a doctor in one currency: the sum of its moves, which only the database adds up.

    Below zero where fees that were paid out already are taken back by a credit note: the next ones make up for it.
    """

    doctor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fee_accounts", verbose_name=_("Doctor")
    )
    currency = CurrencyField(_("Currency"))
    balance = MoneyAmountField(pgettext_lazy("fees", "Owed"), default=Decimal(0), editable=False)

    class Meta:
        verbose_name = _("Fee account of a doctor")
        ordering = ["doctor", "-currency"]
        constraints = [
            models.UniqueConstraint(fields=["doctor", "currency"], name="billing_fee_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.balance, self.currency)


class FeePayout(UUIDModel):
    """Asked for by one person, paid by another, once: in notes from the payer's own drawer, or by bank transfer.

    Neither is the doctor. `rate` and `rounding` are those of the moment it was paid in notes.
    """

    account = models.ForeignKey(FeeAccount, on_delete=models.PROTECT, related_name="payouts")
    doctor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fee_payouts")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("Status"), max_length=12, choices=PayoutStatus, default=PayoutStatus.REQUESTED)
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")
    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    method = models.CharField(_("Method"), max_length=8, choices=Method, blank=True, default="")
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="fee_payouts")
    rate = models.DecimalField(_("Riel per dollar"), max_digits=10, decimal_places=2, null=True)
    rounding = models.DecimalField(_("Rounding in riel"), max_digits=14, decimal_places=0, default=Decimal(0))

    class Meta:
        verbose_name = _("Fees paid out")
        ordering = ["-id"]
        constraints = [
            PAYOUT_FLOW.constraint("billing_fee_payout_status"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_fee_payout_amount"),
            models.CheckConstraint(
                condition=~Q(requested_by=F("doctor"))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")) & ~Q(decided_by=F("doctor"))),
                name="billing_fee_payout_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True, number__isnull=True)
                | Q(status="declined", decided_by__isnull=False, number__isnull=True) & ~Q(decline_reason="")
                | Q(status="paid", decided_by__isnull=False, number__isnull=False, method="cash", shift__isnull=False)
                | Q(status="paid", decided_by__isnull=False, number__isnull=False, method="bank", shift__isnull=True),
                name="billing_fee_payout_steps",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Fees paid out"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def can_decide(self) -> bool:
        return PAYOUT_FLOW.can("pay", self.status)


class FeeMove(UUIDModel, AppendOnly):
    """One change of what a doctor is owed, with the entry that posted it: earned by an invoice's line (+), taken back
    by a void or a credit note (-), paid out (-). `worth` is what the line brought, of which the rule gave a share.
    """

    account = models.ForeignKey(FeeAccount, on_delete=models.PROTECT, related_name="moves")
    entry = models.ForeignKey("billing.Entry", on_delete=models.PROTECT, related_name="fee_moves")
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    date = models.DateField(_("Date"))
    line = models.ForeignKey("billing.InvoiceLine", on_delete=models.PROTECT, null=True, related_name="fee_moves")
    rule = models.ForeignKey(FeeRule, on_delete=models.PROTECT, null=True, related_name="+")
    worth = MoneyAmountField(_("Of what"), null=True)
    payout = models.ForeignKey(FeePayout, on_delete=models.PROTECT, null=True, related_name="moves")

    class Meta:
        verbose_name = _("Move of a doctor's fees")
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "date"], name="billing_fee_statement")]
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, rule__isnull=False, worth__isnull=False, payout__isnull=True)
                & ~Q(amount=0)
                | Q(line__isnull=True, rule__isnull=True, worth__isnull=True, payout__isnull=False, amount__lt=0),
                name="billing_fee_move_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def worth_money(self) -> Money | None:
        return Money(self.worth, self.currency) if self.worth is not None else None
