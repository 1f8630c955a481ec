"""Pages of every surface: the language switch and the pages of errors."""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST

log = logging.getLogger(__name__)
YEAR_SECONDS = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak English, Khmer or Chinese from now on, here and wherever the signed-in person signs in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return bad_request(request)
    response = redirect(_safe_next(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return response


def _safe_next(request: HttpRequest) -> str:
    here = {request.get_host()}
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(address, allowed_hosts=here, require_https=request.is_secure()):
            return address
    return "/"


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: a page that needs no database, no session and no context processor."""
    facts = {"request_id": getattr(request, "request_id", "")}
    try:
        return HttpResponseServerError(render_to_string("500.html", facts))
    except Exception:
        log.exception("The error page itself failed")
        return HttpResponseServerError(f"Server error. Reference: {facts['request_id']}", content_type="text/plain")


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or of another session: usually the page stayed open over a sign-in."""
    log.warning("CSRF check failed: %s", reason)
    return render(request, "403_csrf.html", status=403)
