"""Reading payment links."""

from typing import Any

from django.db.models import Q, QuerySet, Value

from billing.queries.deposits import visible_payers
from gateways.models import Checkout, KhqrAccount, StripeAccount
from gateways.states import RequestStatus


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


def ways_in_use() -> set[str]:
    """Which gateways the hospital has turned on; one query."""
    khqr = KhqrAccount.objects.filter(is_active=True).annotate(way=Value("khqr")).order_by().values_list("way")
    stripe = StripeAccount.objects.filter(is_active=True).annotate(way=Value("stripe")).order_by().values_list("way")
    return {way for (way,) in khqr.union(stripe)}
