"""What every request of a signed-in person passes through."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.workplace import Workplace

Answer = Callable[[HttpRequest], HttpResponse]
TOUCH_SECONDS = 60


class SessionSurfaceMiddleware:
    """A session opens only the door it was made at; activity slides its end, written at most once a minute."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.session.get("surface") != request.surface:
                logout(request)
            elif time.time() - request.session.get("touched", 0) > TOUCH_SECONDS:
                request.session["touched"] = int(time.time())
        return self.get_response(request)


class SecondFactorMiddleware:
    """Where a role asks for a second factor, nothing opens before it is enrolled and given."""

    open_paths = ("/account/2fa/", "/account/reauthenticate/", "/logout/", "/login/", "/set-language/", "/static/")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_missing(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or user.is_verified() or request.path.startswith(self.open_paths):
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
