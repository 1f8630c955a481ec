"""Vouchers: cash that goes into a running shift's drawer or out of it, other than for an invoice."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cashoffice.models.amounts import CashAmounts, of_notes
from cashoffice.states import VOUCHER_FLOW, VoucherStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Direction(models.TextChoices):
    IN = "in", pgettext_lazy("cash", "Into the drawer")
    OUT = "out", pgettext_lazy("cash", "Out of the drawer")


class VoucherReason(UUIDModel):
    """Why cash moves, and the account on the other side. `is_limited`: above the limit somebody else approves."""

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction)
    account = models.ForeignKey(
        "billing.Account", on_delete=models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    is_limited = models.BooleanField(_("Approved by somebody else above the limit"), default=True)
    is_active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Reason of a cash voucher")
        ordering = ["direction", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="cashoffice_reason_direction"),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(UUIDModel, CashAmounts):
    """One movement of cash in a shift. `number` is gapless per branch and year, given when it is posted.

    `worth_usd` is what both amounts are worth at the day's rate and `limit_usd` what needed no approval when it was
    written (None: a reason without limit); above it, somebody else than its author has decided it.
    """

    number = models.CharField(_("Number"), max_length=40, null=True, blank=True, unique=True)
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, related_name="vouchers")
    reason = models.ForeignKey(VoucherReason, on_delete=models.PROTECT, related_name="+", verbose_name=_("Reason"))
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction)
    status = models.CharField(_("Status"), max_length=12, choices=VoucherStatus, default=VoucherStatus.REQUESTED)
    worth_usd = models.DecimalField(_("Worth in dollars"), max_digits=14, decimal_places=2)
    limit_usd = models.DecimalField(_("Limit in dollars"), max_digits=14, decimal_places=2, null=True)
    party = EncryptedTextField(_("Paid to or received from"), max_length=120, blank=True, default="")
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(_("Posted"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Cash voucher")
        ordering = ["-id"]
        indexes = [models.Index(fields=["-id"], condition=Q(status="requested"), name="cashoffice_voucher_waiting")]
        constraints = [
            of_notes("cashoffice_voucher_notes"),
            models.CheckConstraint(condition=Q(status__in=VoucherStatus.values), name="cashoffice_voucher_status"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="cashoffice_voucher_direction"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="cashoffice_voucher_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status="posted")
                | Q(limit_usd__isnull=True)
                | Q(worth_usd__lte=F("limit_usd"))
                | Q(decided_by__isnull=False),
                name="cashoffice_voucher_approved",
            ),
            models.CheckConstraint(
                condition=Q(status="posted", number__isnull=False, posted_at__isnull=False)
                | ~Q(status="posted") & Q(number__isnull=True, posted_at__isnull=True),
                name="cashoffice_voucher_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | (~Q(decline_reason="") & Q(decided_by__isnull=False)),
                name="cashoffice_voucher_declined",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Cash voucher"))

    @property
    def is_out(self) -> bool:
        return self.direction == Direction.OUT

    @property
    def sign(self) -> int:
        """What the drawer gains: 1 or -1 for each note."""
        return -1 if self.is_out else 1

    @property
    def needs_approval(self) -> bool:
        return self.limit_usd is not None and self.worth_usd > self.limit_usd

    @property
    def can_decide(self) -> bool:
        return VOUCHER_FLOW.can("decline", self.status)

    @property
    def is_posted(self) -> bool:
        return self.status == VoucherStatus.POSTED
