"""What whoever pays by a link sees without signing in: the way to Stripe's page, and whether the payment has come."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.htmx import wants_fragment
from gateways.links import checkout_of
from gateways.models import Checkout
from gateways.states import RequestStatus
from gateways.words import in_every_language

PAID = _("Paid. Thank you.")
PENDING = _("Your payment is not confirmed yet. This can take a minute.")
UNCLEAR = _("Your payment has come, and the hospital looks at it. Please ask at the cash desk.")
ENDED = _("This link is no longer valid. If something is still to be paid, please ask the hospital for a new one.")
PAY = _("Pay now")


@login_not_required
@require_safe
def link_open(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail leads to: Stripe's page, or how it stands once that is closed."""
    checkout = _checkout(token)
    return _private(redirect(checkout.url)) if checkout.is_payable else _shown(request, checkout)


@login_not_required
@require_safe
def link_state(request: HttpRequest, token: str) -> HttpResponse:
    """Where Stripe leads the payer back to: paid or not yet, in every language, and nothing about anybody."""
    return _shown(request, _checkout(token))


def _checkout(token: str) -> Checkout:
    pk = checkout_of(token)
    checkout = Checkout.objects.select_related("invoice").filter(pk=pk).first() if pk else None
    if checkout is None:
        raise Http404
    return checkout


def _shown(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    if checkout.status in (RequestStatus.PAID, RequestStatus.HELD):
        words, icon = PAID, "circle-check"
    elif checkout.is_disputed:
        words, icon = UNCLEAR, "alert-circle"
    else:
        words, icon = (PENDING, "hourglass") if checkout.is_payable else (ENDED, "circle-x")
    context = {
        "words": in_every_language(words),
        "icon": icon,
        "pay": in_every_language(PAY) if checkout.is_payable else [],
        "address": checkout.url,
    }
    part = "#state" if wants_fragment(request) else ""
    return _private(render(request, f"gateways/checkout/state.html{part}", context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
