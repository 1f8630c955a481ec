"""Stripe: the hospital's account, checkout pages sent to payers, and the events that were believed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.fields import EncryptedTextField
from core.models import AppendOnly, UUIDModel
from core.money import CurrencyField, Money, MoneyAmountField
from gateways.states import REQUEST_FLOW, RequestStatus

STRIPE = "https://api.stripe.com"


class StripeAccount(UUIDModel):
    """The hospital's account with Stripe; there is at most one, and it is off until somebody turns it on."""

    api = models.URLField(_("Address of Stripe"), max_length=200, default=STRIPE)
    secret_key = EncryptedTextField(_("Secret key"), max_length=300, blank=True)
    webhook_secret = EncryptedTextField(_("Signing secret of events"), max_length=300, blank=True)
    hours = models.PositiveSmallIntegerField(_("Hours until a link expires"), default=12)
    is_active = models.BooleanField(_("in use"), default=False)
    only = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        verbose_name = _("Stripe account")
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="gateways_stripe_only_one"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=23), name="gateways_stripe_hours"),
        ]

    def __str__(self) -> str:
        return self.api


class Checkout(UUIDModel):
    """A link to a checkout page: for an invoice, or for a deposit of a patient. Its id is Stripe's idempotency key.

    Paid, it became a payment in `shift`, the one of who made the link; without one, or when that has ended, a deposit.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="checkouts")
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.PROTECT, null=True, related_name="checkouts")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    shift = models.ForeignKey("billing.Shift", on_delete=models.PROTECT, null=True, related_name="checkouts")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("Status"), max_length=12, choices=RequestStatus, default=RequestStatus.WAITING)
    amount = MoneyAmountField(_("Amount"))
    currency = CurrencyField(_("Currency"))
    session_id = models.CharField(max_length=100, unique=True)
    url = EncryptedTextField(_("Link"), max_length=2000, blank=True)
    expires_at = models.DateTimeField(_("Expires"))
    received = MoneyAmountField(_("Received"), null=True, currency_field="received_currency")
    received_currency = CurrencyField(_("Currency"), blank=True, default="")
    reference = EncryptedTextField(_("Reference"), max_length=64, blank=True, default="")
    payment = models.OneToOneField("billing.Payment", on_delete=models.PROTECT, null=True, related_name="checkout")
    deposit = models.OneToOneField("billing.Deposit", on_delete=models.PROTECT, null=True, related_name="checkout")

    class Meta:
        verbose_name = _("Payment link")
        ordering = ["-id"]
        constraints = [
            REQUEST_FLOW.constraint("gateways_checkout_status"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="gateways_checkout_amount"),
            models.CheckConstraint(
                condition=Q(status="paid", payment__isnull=False, deposit__isnull=True)
                | Q(status="held", deposit__isnull=False, payment__isnull=True)
                | (~Q(status__in=["paid", "held"]) & Q(payment__isnull=True, deposit__isnull=True)),
                name="gateways_checkout_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def received_money(self) -> Money | None:
        return None if self.received is None else Money(self.received, self.received_currency)

    @property
    def is_waiting(self) -> bool:
        return self.status == RequestStatus.WAITING

    @property
    def is_payable(self) -> bool:
        """Stripe's page is open, and what it asks for is still due, all of it."""
        if not self.is_waiting or self.expires_at <= now():
            return False
        return self.invoice is None or (self.invoice.is_owing and self.amount <= self.invoice.balance)

    @property
    def is_disputed(self) -> bool:
        return self.status == RequestStatus.DISPUTED


class StripeEvent(UUIDModel, AppendOnly):
    """An event that was believed and worked off; the same event again is recognised by its id."""

    event_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(_("Kind"), max_length=60)
    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, null=True, related_name="events")
    made_at = models.DateTimeField(_("Made at"), null=True)

    class Meta:
        verbose_name = _("Event of Stripe")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.kind
