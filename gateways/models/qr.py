"""A KHQR code shown to a payer, and what the bank says was paid with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField
from gateways.states import REQUEST_FLOW, RequestStatus


class QrRequest(UUIDModel):
    """One code over an amount of an invoice, asked for by a cashier in a shift.

    `md5` is the key by which the bank knows the code. Paid, it points at the payment it became; held, at the deposit
    (the shift had ended, or the invoice was paid otherwise); disputed: the bank reports another amount or account.
    """

    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, related_name="qr_requests")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, related_name="qr_requests")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("Status"), max_length=12, choices=RequestStatus, default=RequestStatus.WAITING)
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    account_id = models.CharField(_("Bakong account"), max_length=32)
    code = models.CharField(max_length=500)
    md5 = models.CharField(max_length=32, unique=True)
    expires_at = models.DateTimeField(_("Expires"))
    check_at = models.DateTimeField(_("Next question to the bank"), null=True)
    checks = models.PositiveIntegerField(default=0)
    payment = models.OneToOneField(
        "billing.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="qr_request"
    )
    deposit = models.OneToOneField(
        "billing.Deposit", on_delete=models.PROTECT, null=True, blank=True, related_name="qr_request"
    )

    class Meta:
        verbose_name = _("KHQR code")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="gateways_qr_to_check"),
            models.Index(fields=["shift", "-id"], name="gateways_qr_of_shift"),
        ]
        constraints = [
            REQUEST_FLOW.constraint("gateways_qr_status"),
            models.UniqueConstraint(fields=["invoice"], condition=Q(status="waiting"), name="gateways_qr_one_waiting"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="gateways_qr_amount"),
            models.CheckConstraint(
                condition=Q(status="paid", payment__isnull=False, deposit__isnull=True)
                | Q(status="held", deposit__isnull=False, payment__isnull=True)
                | (~Q(status__in=["paid", "held"]) & Q(payment__isnull=True, deposit__isnull=True)),
                name="gateways_qr_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_waiting(self) -> bool:
        return self.status == RequestStatus.WAITING

    @property
    def is_disputed(self) -> bool:
        return self.status == RequestStatus.DISPUTED


class QrReceipt(UUIDModel, AppendOnly):
    """One transfer as the bank reports it. `hash` is the bank's own number: the same transfer is written down once."""

    request = models.ForeignKey(QrRequest, on_delete=models.PROTECT, related_name="receipts")
    hash = models.CharField(max_length=64, unique=True)
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    to_account = models.CharField(_("Receiving account"), max_length=100)
    from_account = EncryptedTextField(_("Paying account"), max_length=100, blank=True)
    acknowledged_at = models.DateTimeField(_("Confirmed by the bank"), null=True)

    class Meta:
        verbose_name = _("Transfer reported by the bank")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="gateways_qr_receipt_amount")]

    def __str__(self) -> str:
        return self.hash[:8]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
