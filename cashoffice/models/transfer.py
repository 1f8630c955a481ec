"""Cash on its way from one running shift to another: it stays the sender's until the other has received it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cashoffice.models.amounts import CashAmounts, of_notes
from cashoffice.states import TRANSFER_FLOW, TransferStatus
from core.fields import EncryptedTextField
from core.models import UUIDModel


class Transfer(UUIDModel, CashAmounts):
    """Sent by one cashier to another's running shift; `number` is gapless per branch and year."""

    number = models.CharField(_("Number"), max_length=40, unique=True)
    sender = models.ForeignKey(
        "billing.Shift", on_delete=models.PROTECT, related_name="transfers_sent", verbose_name=_("From shift")
    )
    receiver = models.ForeignKey(
        "billing.Shift", on_delete=models.PROTECT, related_name="transfers_received", verbose_name=_("To shift")
    )
    status = models.CharField(_("Status"), max_length=12, choices=TransferStatus, default=TransferStatus.SENT)
    note = EncryptedTextField(_("Note"), max_length=200, blank=True, default="")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)
    decline_reason = EncryptedTextField(_("Reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("Transfer between drawers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["sender", "receiver"], condition=Q(status="sent"), name="cashoffice_sent")]
        constraints = [
            of_notes("cashoffice_transfer_notes"),
            models.CheckConstraint(condition=Q(status__in=TransferStatus.values), name="cashoffice_transfer_status"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="cashoffice_transfer_two_shifts"),
            models.CheckConstraint(
                condition=Q(status="sent", answered_by__isnull=True)
                | Q(status="withdrawn", answered_by=F("sent_by"))
                | (Q(status__in=["received", "declined"], answered_by__isnull=False) & ~Q(answered_by=F("sent_by"))),
                name="cashoffice_transfer_answer",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""), name="cashoffice_transfer_declined"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_sent(self) -> bool:
        return TRANSFER_FLOW.can("receive", self.status)
