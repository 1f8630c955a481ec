"""Funds that pay for the poor: a balance kept by the ledger, and the grants it comes from."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.states import DECISION_FLOW, DecisionStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import Currency, CurrencyField, Money, MoneyAmountField


class Fund(UUIDModel):
    """Money given for people who cannot pay, owed to that purpose: a liability account of the ledger, in one currency.

    `balance` is moved by the database with every posting to the account, and never falls below nothing.
    """

    code = models.CharField(_("Code"), max_length=16, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    account = models.OneToOneField("billing.Account", on_delete=models.PROTECT, related_name="fund")
    currency = CurrencyField(_("Currency"))
    balance = MoneyAmountField(_("Balance"), default=Decimal(0), editable=False)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Fund")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="billing_fund_never_overdrawn"),
            models.CheckConstraint(condition=Q(currency__in=Currency.values), name="billing_fund_currency"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money:
        return Money(self.balance, self.currency)


class Source(models.TextChoices):
    """Where the money of a grant arrived."""

    BANK = "bank", _("Bank account")
    SAFE = "safe", _("Cash office safe")


class FundGrant(UUIDModel):
    """Money that came into a fund; it counts once somebody else than who entered it has confirmed it."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="grants")
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    received_in = models.CharField(_("Received in"), max_length=8, choices=Source)
    donor = EncryptedTextField(_("From"), max_length=120)
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    status = models.CharField(_("Status"), max_length=12, choices=DecisionStatus, default=DecisionStatus.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Grant to a fund")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_grant_positive"),
            models.CheckConstraint(condition=Q(received_in__in=Source.values), name="billing_grant_source"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")), name="billing_grant_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True)
                | Q(status="approved", decided_by__isnull=False)
                | (Q(status="declined", decided_by__isnull=False) & ~Q(decline_reason="")),
                name="billing_grant_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def can_decide(self) -> bool:
        return DECISION_FLOW.can("approve", self.status)
