"""Setting up KHQR and the screens at the drawers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from accounts.stepup import requires_step_up
from core.errors import DomainError
from core.forms import add_domain_error
from core.once import exactly_once
from gateways.addresses import callback_address, events_address, screen_address
from gateways.forms import KhqrAccountForm, ScreenForm, StripeAccountForm
from gateways.models import KhqrAccount, PayerScreen, StripeAccount
from gateways.services import accounts

ADDRESS_ONCE = "gateways.address"  # in the session, shown once


@requires("gateway:manage")
@requires_step_up
@exactly_once
def khqr_edit(request: HttpRequest) -> HttpResponse:
    account = KhqrAccount.objects.first()
    form = KhqrAccountForm(request.POST or None, instance=account, initial={"token": ""})
    if request.method == "POST" and form.is_valid():
        accounts.save_khqr_account(by=request.user, **form.cleaned_data)
        messages.success(request, _("The KHQR account is stored."))
        return redirect("gateways:khqr-edit")
    context = {"form": form, "account": account, "address": request.session.pop(ADDRESS_ONCE, "")}
    return render(request, "gateways/setup/khqr.html", context, status=422 if form.is_bound else 200)


@requires("gateway:manage")
@requires_step_up
@exactly_once
def stripe_edit(request: HttpRequest) -> HttpResponse:
    account = StripeAccount.objects.first()
    form = StripeAccountForm(request.POST or None, instance=account, initial={"secret_key": "", "webhook_secret": ""})
    if request.method == "POST" and form.is_valid():
        accounts.save_stripe_account(by=request.user, **form.cleaned_data)
        messages.success(request, _("The Stripe account is stored."))
        return redirect("gateways:stripe-edit")
    context = {"form": form, "address": events_address(request)}
    return render(request, "gateways/setup/stripe.html", context, status=422 if form.is_bound else 200)


@requires("gateway:manage")
@requires_step_up
@require_POST
@exactly_once
def callback_renew(request: HttpRequest) -> HttpResponse:
    """A new address for the bank's calls, shown once."""
    get_object_or_404(KhqrAccount)
    request.session[ADDRESS_ONCE] = callback_address(request, accounts.renew_callback(by=request.user))
    return redirect("gateways:khqr-edit")


@requires("gateway:manage")
@exactly_once
def screen_list(request: HttpRequest) -> HttpResponse:
    form = ScreenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _screen, key = accounts.open_screen(drawer=form.cleaned_data["drawer"], by=request.user)
            request.session[ADDRESS_ONCE] = screen_address(request, key)
            return redirect("gateways:screen-list")
        except DomainError as error:
            add_domain_error(form, error)
    screens = PayerScreen.objects.filter(revoked_at=None).select_related("drawer__branch")
    context = {"form": form, "screens": screens, "address": request.session.pop(ADDRESS_ONCE, "")}
    return render(request, "gateways/setup/screens.html", context, status=422 if form.is_bound else 200)


@requires("gateway:manage")
@require_POST
@exactly_once
def screen_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    accounts.revoke_screen(screen=get_object_or_404(PayerScreen, pk=pk), by=request.user)
    return redirect("gateways:screen-list")
