"""Acts that hurt ask once more who is there: a password, a second factor or a single sign-on of the last minutes."""

import functools
import time
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import View
from accounts.queries import active_sso_provider
from core.htmx import hx_redirect


def requires_step_up(view: View) -> View:
    """Let the act happen only within five minutes of a proof; else ask for one first, then show the page again.

    Stands directly below ``@requires``. A form that was sent too late is shown again after the proof, not carried out:
    nobody's half-forgotten press of a button acts later.
    """

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        address = _proof(request)
        return hx_redirect(address) if request.headers.get("HX-Request") else redirect(address)

    checked.steps_up = True  # type: ignore[attr-defined]  # for the guard that lists them
    return checked


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has proved who they are in this session within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.

    Of a single sign-on the moment counts at which the provider asked, not that at which it let the person through.
    """
    if not request.user.is_authenticated:
        return False
    proofs = [record.get("proved_at", record["at"]) for record in get_authentication_records(request, request.user)]
    return bool(proofs) and time.time() - max(proofs) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _proof(request: HttpRequest) -> str:
    """Where the person proves it, leading back to the page they were on."""
    back = urlencode({"next": _page(request)})
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if ways:
        return f"{ways[0]['url']}?{back}"
    if request.surface == "portal" and active_sso_provider():
        return f"{reverse('sso:start')}?again=1&{back}"
    return f"{settings.LOGIN_URL}?{back}"


def _page(request: HttpRequest) -> str:
    """This page; for a form that was sent, the page it stood on (of our own host), each with what it was asked for."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    seen = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if seen.netloc != request.get_host() or not seen.path.startswith("/"):
        return "/"
    return urlunsplit(("", "", seen.path, seen.query, ""))
