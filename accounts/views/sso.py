"""Single sign-on: to the provider, back again, and out; and the admin's screen of it."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.forms import SsoForm
from accounts.models import SsoProvider, User
from accounts.permissions import requires
from accounts.queries import active_sso_provider, sso_provider
from accounts.services.sso import has_second_factor, person_of
from accounts.services.sso_provider import save_provider
from accounts.sso import client, session
from accounts.sso.testing import examine
from accounts.sso.tokens import TokenRefused
from accounts.stepup import requires_step_up
from audit.services import record_event
from core import clock
from core.errors import DomainError
from core.fetching import Unreachable
from core.once import exactly_once


@login_not_required
def sso_start(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider. ``again``: they shall sign in anew there, for a protected step."""
    provider = _active()
    again = request.user.is_authenticated and "again" in request.GET
    try:
        address, kept = client.question(provider, redirect_uri=_back(request), again=again)
    except Unreachable as problem:
        return _refused(request, provider, "unreachable", str(problem))
    session.keep_question(request, {**kept, "next": _next(request), "again": again, "issuer": provider.issuer})
    return redirect(address)


@login_not_required
def sso_callback(request: HttpRequest) -> HttpResponse:
    """What the provider answers, believed only when every part of it fits the question this browser asked."""
    provider = _active()
    kept = session.take_question(request, request.GET.get("state", ""))
    if kept is None or kept["issuer"] != provider.issuer:
        return _refused(request, provider, "state")
    if request.GET.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: an answer of somebody else
        return _refused(request, provider, "token", "response_issuer")
    code = request.GET.get("code", "")
    if "error" in request.GET or not code:
        return _refused(request, provider, "denied")
    try:
        claims, token = client.answer(provider, code=code, redirect_uri=_back(request), kept=kept)
        person = person_of(provider=provider, claims=claims)
    except TokenRefused as refused:
        return _refused(request, provider, "token", refused.why)
    except Unreachable as problem:
        return _refused(request, provider, "unreachable", str(problem))
    except DomainError as refused:
        return _refused(request, provider, refused.code, text=str(refused))
    except IntegrityError:
        return _refused(request, provider, "state", "collision")
    if kept["again"]:
        return _confirmed(request, provider, person, claims, kept["next"])
    return _signed_in(request, provider, person, claims, token, kept["next"])


def _signed_in(
    request: HttpRequest, provider: SsoProvider, person: User, claims: dict[str, Any], token: str, then: str
) -> HttpResponse:
    proved = {"proved_at": session.proved_at(claims)}  # perhaps hours ago: signing in here may have asked for nothing
    record_authentication(request, person, method="sso", **proved)
    if provider.trusts_second_factor and has_second_factor(claims):
        record_authentication(request, person, method="mfa", type="sso", **proved)
    session.keep_token(request, token)
    response = perform_login(request, Login(user=person, redirect_url=then))
    session.keep_token(request, token)  # signing in over somebody else's session began a new one
    return response


def _confirmed(
    request: HttpRequest, provider: SsoProvider, person: User, claims: dict[str, Any], then: str
) -> HttpResponse:
    """The same person signed in at the provider just now: the protected step opens."""
    proved = session.proved_at(claims)
    fresh = clock.now().timestamp() - proved < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if request.user.pk != person.pk or not fresh:
        return _refused(request, provider, "token", "not_fresh")
    record_authentication(request, person, method="sso", reauthenticated=True, proved_at=proved)
    return redirect(then)


@requires("sso:manage")
@requires_step_up
@exactly_once
def sso_edit(request: HttpRequest) -> HttpResponse:
    provider = sso_provider()
    form = SsoForm(request.POST or None, provider=provider)
    if request.method == "POST" and form.is_valid():
        save_provider(by=request.user, **form.facts())
        return redirect("accounts:sso-edit")
    context = {"form": form, "provider": provider, "redirect_uri": _back(request)}
    return render(request, "accounts/sso/form.html", context, status=422 if form.is_bound else 200)


@requires("sso:manage")
def sso_test(request: HttpRequest) -> HttpResponse:
    """Ask the provider what it says of itself, point by point; changes nothing."""
    provider = sso_provider()
    if provider is None:
        raise Http404
    return render(request, "accounts/sso/test.html", {"provider": provider, "points": examine(provider)})


def _active() -> SsoProvider:
    provider = active_sso_provider()
    if provider is None:
        raise Http404
    return provider


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("sso:callback"))


def _next(request: HttpRequest) -> str:
    wish = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return wish if safe else "/"


def _refused(request: HttpRequest, provider: SsoProvider, code: str, detail: str = "", text: str = "") -> HttpResponse:
    record_event("sso_refused", "accounts_ssoprovider", provider.pk, why=code, detail=detail)
    words = {
        "state": _("This sign-in was begun in another window, took too long or was used already. Please begin anew."),
        "denied": _("The identity provider did not sign you in."),
        "unreachable": _("The identity provider does not answer as it should. Try again later."),
        "token": _("The answer of the identity provider cannot be trusted. Nobody was signed in."),
    }
    context = {"text": text or words[code], "provider": provider}
    return render(request, "accounts/sso/refused.html", context, status=403)
