"""Reading payment links."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value

from billing.models import Invoice
from billing.queries.deposits import visible_payers
from core.clock import now
from gateways.mails import PAYMENT_LINK
from gateways.models import Checkout, KhqrAccount, StripeAccount
from gateways.states import RequestStatus
from notifications.models import MailLog

LEAST_LEFT = timedelta(minutes=30)  # a link that ends sooner is not sent again, a new one is made


def stripe_account() -> StripeAccount | None:
    """The hospital's account when it is in use."""
    return StripeAccount.objects.filter(is_active=True).first()


def visible_checkouts(user: Any) -> QuerySet[Checkout]:
    """Links for patients this user serves, those they made, and disputed ones for whoever decides."""
    seen = Q(patient__in=visible_payers(user).order_by().values("pk")) | Q(asked_by=user)
    if user.may("gateway:decide"):
        seen |= Q(status=RequestStatus.DISPUTED)
    checkouts = Checkout.objects.select_related("patient", "invoice", "asked_by", "payment", "deposit")
    return checkouts.filter(seen).order_by("-id")


def open_link(invoice: Invoice) -> Checkout | None:
    """A link over just what is due on an invoice that can be paid for some time yet."""
    if not invoice.is_owing:
        return None
    waiting = Checkout.objects.filter(invoice=invoice, status=RequestStatus.WAITING, expires_at__gt=now() + LEAST_LEFT)
    return waiting.filter(amount=invoice.balance, currency=invoice.currency).order_by("-id").first()


def mails_about(checkout: Checkout) -> QuerySet[MailLog]:
    """Mails with this link, and with others over the same invoice; the newest first."""
    same = Checkout.objects.filter(invoice=checkout.invoice_id) if checkout.invoice_id else Checkout.objects.none()
    ids = {str(pk) for pk in [checkout.pk, *same.values_list("pk", flat=True)]}
    mails = MailLog.objects.filter(user_id=checkout.patient_id, template=PAYMENT_LINK, params__checkout_id__in=ids)
    return mails.order_by("-id")


def ways_in_use() -> set[str]:
    """Which gateways the hospital has turned on; one query."""
    khqr = KhqrAccount.objects.filter(is_active=True).annotate(way=Value("khqr")).order_by().values_list("way")
    stripe = StripeAccount.objects.filter(is_active=True).annotate(way=Value("stripe")).order_by().values_list("way")
    return {way for (way,) in khqr.union(stripe)}
