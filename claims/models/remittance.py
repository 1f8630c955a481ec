"""What payers paid and refused, and what became of the refused."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.states import DISPOSITION_FLOW, DispositionKind, DispositionStatus
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class Remittance(UUIDModel, AppendOnly):
    """One payment of a payer for many claims, posted once: the same file (`digest`) is refused a second time.

    Below zero where the hospital pays back more than it is paid.
    """

    number = models.CharField(_("Number"), max_length=40, unique=True)
    payer = models.ForeignKey("insurance.Payer", on_delete=models.PROTECT, related_name="remittances")
    received_on = models.DateField(_("Received"))
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    digest = models.CharField(max_length=64, unique=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Remittance")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class RemittanceLine(UUIDModel, AppendOnly):
    """One claim on a remittance: `paid` in the remittance's currency, `settled` and `rejected` in the claim's.

    Below zero: what the payer takes back, or is paid back, of a claim whose invoice was credited later.
    """

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="lines")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="remittance_lines")
    paid = MoneyAmountField(_("Paid"))
    currency = CurrencyField()
    settled = MoneyAmountField()
    rejected = MoneyAmountField(_("Rejected"), default=Decimal(0))
    denial = models.ForeignKey("claims.DenialReason", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Line of a remittance")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["remittance", "claim"], name="claims_remitted_once"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, settled__gte=0, rejected__gte=0) | Q(paid__lt=0, settled__lt=0, rejected=0),
                name="claims_remittance_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.paid}"

    @property
    def money(self) -> Money:
        return Money(self.paid, self.currency)


class Disposition(UUIDModel):
    """What becomes of a refused amount. A write-off needs somebody else's approval, kept by the database too."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="dispositions")
    kind = models.CharField(_("What becomes of it"), max_length=10, choices=DispositionKind)
    status = models.CharField(
        _("Status"), max_length=10, choices=DispositionStatus, default=DispositionStatus.REQUESTED
    )
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField()
    reason = EncryptedTextField(_("Reason"), max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided"), null=True)

    class Meta:
        verbose_name = _("Disposition of a refusal")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="claims_disposition_amount"),
            models.CheckConstraint(condition=Q(kind__in=DispositionKind.values), name="claims_disposition_kind"),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True)
                | Q(status__in=["approved", "declined"], decided_by__isnull=False),
                name="claims_disposition_decided",
            ),
            models.CheckConstraint(
                condition=~Q(kind="write_off", status="approved") | ~Q(decided_by=F("requested_by")),
                name="claims_write_off_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def can_decide(self) -> bool:
        return DISPOSITION_FLOW.can("approve", self.status)
