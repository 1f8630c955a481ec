"""Debts of patients that nobody is asked for any more."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.states import WRITE_OFF_FLOW, WriteOffStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField


class WriteOff(UUIDModel):
    """All that an invoice still owes, in its currency, given up when somebody else than who asked approves it.

    `number` is gapless per branch and year, given at approval. Taken back (`reversed`) the invoice owes it again, which
    is how somebody pays after all; one waits at a time.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="write_offs")
    status = models.CharField(_("Status"), max_length=12, choices=WriteOffStatus, default=WriteOffStatus.REQUESTED)
    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    currency = CurrencyField(_("Currency"))
    amount = MoneyAmountField(_("Amount"))
    reason = EncryptedTextField(_("Reason"), max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversed_at = models.DateTimeField(_("Taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("Write-off")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], condition=Q(status="requested"), name="billing_write_off_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(status="requested"), name="billing_one_write_off_waits"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_write_off_positive"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="billing_write_off_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by__isnull=True, number__isnull=True)
                | Q(status__in=["approved", "reversed"], decided_by__isnull=False, number__isnull=False)
                | (Q(status="declined", decided_by__isnull=False, number__isnull=True) & ~Q(decline_reason="")),
                name="billing_write_off_decision",
            ),
            models.CheckConstraint(
                condition=Q(status="reversed", reversed_by__isnull=False, reversed_at__isnull=False)
                | (~Q(status="reversed") & Q(reversed_by__isnull=True, reversed_at__isnull=True)),
                name="billing_write_off_reversal",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Write-off"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def can_decide(self) -> bool:
        return WRITE_OFF_FLOW.can("approve", self.status)

    @property
    def can_reverse(self) -> bool:
        return WRITE_OFF_FLOW.can("reverse", self.status)
