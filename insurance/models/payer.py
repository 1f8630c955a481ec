"""Who pays beside the patient, and on which terms."""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import UUIDModel, VersionedModel
from core.money import CurrencyField, Money, MoneyAmountField
from insurance.states import PayerKind, Payment
from patients.states import Payer as VisitPayer


class Payer(VersionedModel):
    """An insurer, a scheme or an employer. `visit_payer` is what a visit calls this kind of payer."""

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=10, choices=PayerKind)
    visit_payer = models.CharField(
        _("Payer of a visit"), max_length=12, choices=VisitPayer, default=VisitPayer.INSURANCE
    )
    appeal_days = models.PositiveSmallIntegerField(_("Days for an appeal"), default=30)
    active = models.BooleanField(_("Active"), default=False)

    class Meta:
        verbose_name = _("Payer")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PayerKind.values), name="insurance_payer_kind"),
            models.CheckConstraint(condition=~Q(visit_payer="self"), name="insurance_payer_is_not_the_patient"),
        ]

    def __str__(self) -> str:
        return self.name


class Contract(VersionedModel):
    """The terms of a payer for a time. Amounts are in the contract's currency; `copay_rate` is a share (0.2 is 20 %).

    `deductible` is for each person and calendar year, `copay_fixed` for each line; an empty limit is none.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("Payer"))
    code = models.CharField(_("Code"), max_length=30, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)
    currency = CurrencyField(_("Currency"))
    payment = models.CharField(_("Pays"), max_length=4, choices=Payment, default=Payment.ITEM)
    copay_rate = models.DecimalField(_("Co-pay"), max_digits=5, decimal_places=4, default=Decimal(0))
    copay_fixed = MoneyAmountField(_("Co-pay for each line"), default=Decimal(0))
    deductible = MoneyAmountField(_("Deductible in a year"), default=Decimal(0))
    visit_cap = MoneyAmountField(_("Most for a visit"), null=True, blank=True)
    year_cap = MoneyAmountField(_("Most in a year"), null=True, blank=True)
    active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Contract")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(payment__in=Payment.values), name="insurance_contract_payment"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="insurance_contract_dates"
            ),
            models.CheckConstraint(
                condition=Q(copay_rate__gte=0, copay_rate__lte=1, copay_fixed__gte=0, deductible__gte=0),
                name="insurance_contract_shares",
            ),
            models.CheckConstraint(
                condition=(Q(visit_cap__isnull=True) | Q(visit_cap__gte=0))
                & (Q(year_cap__isnull=True) | Q(year_cap__gte=0)),
                name="insurance_contract_caps",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def copay_percent(self) -> Decimal:
        return (self.copay_rate * 100).quantize(Decimal("0.01"))

    @property
    def is_case_based(self) -> bool:
        return self.payment == Payment.CASE

    def holds_on(self, day: datetime.date) -> bool:
        """Whether contract and payer are switched on and the day is within its time."""
        within = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return within and self.active and self.payer.active


class ContractRule(UUIDModel):
    """What a contract says of one service, or of one category of services; the service's own word goes first."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="rules")
    service_code = models.CharField(_("Service"), max_length=64, blank=True, default="")
    category = models.CharField(_("Category"), max_length=20, blank=True, default="")
    excluded = models.BooleanField(_("Excluded"), default=False)
    needs_authorisation = models.BooleanField(_("Needs an authorisation"), default=False)
    copay_rate = models.DecimalField(_("Co-pay"), max_digits=5, decimal_places=4, null=True, blank=True)
    copay_fixed = MoneyAmountField(_("Co-pay for each line"), null=True, blank=True)

    class Meta:
        verbose_name = _("Rule of a contract")
        ordering = ["service_code", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "service_code", "category"], name="insurance_one_rule_a_service"
            ),
            models.CheckConstraint(
                condition=Q(service_code="") & ~Q(category="") | ~Q(service_code="") & Q(category=""),
                name="insurance_rule_of_service_or_category",
            ),
            models.CheckConstraint(
                condition=(Q(copay_rate__isnull=True) | Q(copay_rate__gte=0, copay_rate__lte=1))
                & (Q(copay_fixed__isnull=True) | Q(copay_fixed__gte=0)),
                name="insurance_rule_shares",
            ),
        ]

    def __str__(self) -> str:
        return self.service_code or self.category

    @property
    def key(self) -> str:
        return self.service_code or f"category:{self.category}"

    @property
    def copay_percent(self) -> Decimal | None:
        return None if self.copay_rate is None else (self.copay_rate * 100).quantize(Decimal("0.01"))

    @property
    def copay_fixed_money(self) -> Money | None:
        return None if self.copay_fixed is None else Money(self.copay_fixed, self.contract.currency)


class CaseRate(VersionedModel):
    """The flat fee a case-based contract pays for one kind of case, in the contract's currency."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="case_rates")
    code = models.CharField(_("Code"), max_length=20)
    name = models.CharField(_("Name"), max_length=120)
    amount = MoneyAmountField(_("Amount"))
    source = models.CharField(_("Source"), max_length=200, blank=True, default="")
    active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Case rate")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], name="insurance_one_rate_a_case"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="insurance_case_rate_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money:
        return Money(self.amount, self.contract.currency)
