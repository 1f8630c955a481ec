"""What every request of a signed-in person passes through."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.functional import LazyObject, SimpleLazyObject

from accounts.services import sessions
from accounts.workplace import Workplace
from audit import context
from audit.services import record_event
from core.clock import now

Answer = Callable[[HttpRequest], HttpResponse]
TOUCH_SECONDS = 60


class SessionRulesMiddleware:
    """A session opens only the door it was made at, ends after silence or age, and with the roles it was made for.

    What a page asks for by itself (``X-Background``) is no sign of a person: it does not move the end of the silence.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = _themselves(request.user)
        if request.user.is_authenticated:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        session = request.session
        if session.get("surface") != request.surface:
            logout(request)
        elif why := sessions.verdict(session, request.user, now()):
            self._end(request, why)
        elif self._is_due(request) and not sessions.touch(session, request.META.get("REMOTE_ADDR", "")):
            session.flush()
            request.user = AnonymousUser()

    def _is_due(self, request: HttpRequest) -> bool:
        silence = now().timestamp() - request.session.get("touched", 0)
        return silence > TOUCH_SECONDS and "X-Background" not in request.headers

    def _end(self, request: HttpRequest, why: str) -> None:
        user = request.user
        with context(actor_id=str(user.pk), actor=user.get_username(), role=user.role_line):
            record_event("sessions_ended", "accounts_user", user.pk, why=why, sessions=1)
        sessions.note_end(request.session, why)
        request.session.flush()
        request.user = AnonymousUser()


def _themselves(user: Any) -> Any:
    """The person behind Django's and django-otp's promises of one: asked for in any case, and often."""
    while isinstance(user, LazyObject):
        bool(user)  # keeps the promise
        user = user._wrapped
    return user


class SecondFactorMiddleware:
    """Where a role asks for a second factor, nothing opens before it is enrolled and given."""

    open_paths = ("/account/2fa/", "/account/reauthenticate/", "/logout/", "/login/", "/set-language/", "/static/")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_missing(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        if (
            "visit" in request.session
            or not user.is_authenticated
            or user.is_verified()
            or request.path.startswith(self.open_paths)
        ):
            return False
        return user.needs_second_factor


class WorkplaceMiddleware:
    """Gives every request its branch and department, and the person's own language on a fresh browser."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workplace = SimpleLazyObject(lambda: Workplace.of(request))
        language = self._own_language(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if language:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        return response

    def _own_language(self, request: HttpRequest) -> str:
        if not request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            return ""
        return request.user.language
