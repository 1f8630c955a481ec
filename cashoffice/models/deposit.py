"""Takings on their way from the safe to the bank: prepared, handed over, confirmed by the bank's slip."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cashoffice.models.amounts import CashAmounts, of_notes
from cashoffice.states import DEPOSIT_FLOW, DepositStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Deposit(UUIDModel, CashAmounts):
    """Cash of accepted shifts bundled for the bank; `number` is gapless per branch and year.

    Three steps by different people: whoever prepared it does not hand it over, whoever handed it over does not confirm.
    """

    number = models.CharField(_("Number"), max_length=40, unique=True)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+", verbose_name=_("Branch"))
    status = models.CharField(_("Status"), max_length=12, choices=DepositStatus, default=DepositStatus.PREPARED)
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("bank deposit", "Prepared by"),
    )
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Handed over by"),
    )
    handed_at = models.DateTimeField(_("Handed over"), null=True, blank=True)
    slip = models.CharField(_("Number of the bank's slip"), max_length=40, blank=True, default="")
    banked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Confirmed by"),
    )
    banked_at = models.DateTimeField(_("Banked"), null=True, blank=True)

    class Meta:
        verbose_name = _("Deposit to the bank")
        ordering = ["-id"]
        constraints = [
            of_notes("cashoffice_deposit_notes"),
            models.CheckConstraint(condition=Q(status__in=DepositStatus.values), name="cashoffice_deposit_status"),
            models.CheckConstraint(
                condition=Q(handed_by__isnull=True) | ~Q(handed_by=F("prepared_by")), name="cashoffice_deposit_hander"
            ),
            models.CheckConstraint(
                condition=Q(banked_by__isnull=True) | ~Q(banked_by=F("handed_by")), name="cashoffice_deposit_banker"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["prepared", "cancelled"], handed_by__isnull=True, banked_by__isnull=True)
                | Q(status="handed_over", handed_by__isnull=False, banked_by__isnull=True)
                | (Q(status="banked", handed_by__isnull=False, banked_by__isnull=False) & ~Q(slip="")),
                name="cashoffice_deposit_steps",
            ),
            models.UniqueConstraint(fields=["slip"], condition=~Q(slip=""), name="cashoffice_deposit_slip_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def can_hand_over(self) -> bool:
        return DEPOSIT_FLOW.can("hand_over", self.status)

    @property
    def can_bank(self) -> bool:
        return DEPOSIT_FLOW.can("bank", self.status)


class DepositShift(UUIDModel):
    """A shift whose takings go to the bank with a deposit; with one only, unless that was cancelled."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="bundle")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, related_name="bankings")
    is_live = models.BooleanField(_("Counts"), default=True)

    class Meta:
        verbose_name = _("Shift of a deposit")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(is_live=True), name="cashoffice_shift_banked_once"),
            models.UniqueConstraint(fields=["deposit", "shift"], name="cashoffice_deposit_shift_once"),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.shift_id}"
