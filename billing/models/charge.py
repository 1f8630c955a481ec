"""A charge: what one clinical event costs, written by the department where it happened."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from billing.models.snapshot import read_snapshot
from billing.states import CHARGE_FLOW, ChargeStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField

TIME = (
    Func("began", "ended", function="tstzrange", output_field=DateTimeRangeField()),
    RangeOperators.OVERLAPS,
)


class Charge(UUIDModel):
    """Born from an event (`source_kind`, `source_id`), never typed. Texts and price are frozen at that moment.

    `explanation` holds how the amount came about (price list, version, rule, arithmetic); ids and figures only.
    A trigger refuses to change what was frozen; only the state and its reason move, and who performed it (FHIR
    ChargeItem.performer), whom doctors' fees and revenue by doctor follow. `began` and `ended` where
    it is charged by time: a patient is never charged twice for the same service at the same time.
    """

    visit = models.ForeignKey("patients.Visit", on_delete=models.PROTECT, related_name="charges")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="charges")
    source_kind = models.CharField(max_length=40)
    source_id = models.UUIDField()
    service = models.ForeignKey("billing.Service", on_delete=models.PROTECT, related_name="charges")
    service_code = models.CharField(_("Code"), max_length=64)
    category = models.CharField(_("Category"), max_length=20)
    text_en = models.CharField(max_length=200)
    text_km = models.CharField(max_length=200, blank=True)
    text_zh_hans = models.CharField(max_length=200, blank=True)
    detail = EncryptedTextField(_("Detail"), max_length=200, blank=True)
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3)
    unit_price = MoneyAmountField(_("Unit price"))
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, related_name="charges")
    price_list = models.ForeignKey("billing.PriceList", on_delete=models.PROTECT, related_name="+")
    explanation = models.JSONField(default=dict)
    status = models.CharField(_("Status"), max_length=12, choices=ChargeStatus, default=ChargeStatus.PENDING)
    status_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True)
    charged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    began = models.DateTimeField(_("Began"), null=True)
    ended = models.DateTimeField(_("Ended"), null=True)
    performer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Performed by")
    )

    class Meta:
        verbose_name = _("Charge")
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["visit"], condition=Q(status="pending"), name="billing_charge_pending"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id"],
                condition=~Q(status=ChargeStatus.CANCELLED),
                name="billing_one_charge_per_event",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="billing_charge_quantity"),
            models.CheckConstraint(
                condition=Q(began__isnull=True, ended__isnull=True) | Q(began__isnull=False, ended__gte=F("began")),
                name="billing_charge_time",
            ),
            ExclusionConstraint(
                name="billing_charge_time_once",
                expressions=[("patient", RangeOperators.EQUAL), ("service", RangeOperators.EQUAL), TIME],
                condition=Q(began__isnull=False, status__in=[ChargeStatus.PENDING, ChargeStatus.INVOICED]),
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0) & Q(amount__gte=0), name="billing_charge_not_negative"
            ),
            models.CheckConstraint(condition=Q(status__in=ChargeStatus.values), name="billing_charge_status"),
            models.CheckConstraint(
                condition=~Q(status__in=[ChargeStatus.WAIVED, ChargeStatus.CANCELLED]) | ~Q(status_reason=""),
                name="billing_charge_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.amount} {self.currency}"

    @property
    def text(self) -> str:
        return read_snapshot(self, "text")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def unit_money(self) -> Money:
        return Money(self.unit_price, self.currency)

    @property
    def can_waive(self) -> bool:
        return CHARGE_FLOW.can("waive", self.status)
