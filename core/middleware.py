"""What every request passes through, whatever its surface."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core import health, metrics, preferences
from core.errors import DomainError
from core.htmx import hx_redirect, wants_fragment
from core.keyring import KeyProblem
from core.logs import current_request
from core.security_headers import SecurityHeadersMiddleware

__all__ = [
    "DomainErrorMiddleware",
    "HealthMiddleware",
    "HtmxLoginMiddleware",
    "RequestIdMiddleware",
    "SecurityHeadersMiddleware",
]

Answer = Callable[[HttpRequest], HttpResponse]

requests_log = logging.getLogger("core.requests")
log = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Names the request, and remembers it for logs, audit and error pages; writes one log line for its answer."""

    header = "X-Request-ID"
    accepted = re.compile(r"[A-Za-z0-9_-]{8,64}")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = self._name(request)
        started = time.perf_counter()
        token = current_request.set(request)
        try:
            with preferences.remembered():
                response = self.get_response(request)
            self._note(request, response, time.perf_counter() - started)
        finally:
            current_request.reset(token)
        response[self.header] = request.request_id
        return response

    def _name(self, request: HttpRequest) -> str:
        given = request.headers.get(self.header, "")
        return given if self.accepted.fullmatch(given) else uuid.uuid4().hex

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        if request.path in HealthMiddleware.answers:
            return
        metrics.count_request(request, response, seconds)
        facts = {"status": response.status_code, "milliseconds": round(seconds * 1000, 1)}
        requests_log.info("answered", extra=facts)


class HealthMiddleware:
    """Answers the machines that watch over us, on every host, before any hospital is looked up."""

    answers: dict[str, Callable[[HttpRequest], HttpResponse]] = {
        "/health": health.ready,
        "/health/": health.ready,
        "/health/live": health.live,
        "/health/live/": health.live,
        "/health/ready": health.ready,
        "/health/ready/": health.ready,
        "/metrics": metrics.answer,
        "/metrics/": metrics.answer,
    }

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path)
        return answer(request) if answer else self.get_response(request)


class HtmxLoginMiddleware:
    """When the session is lost during an HTMX request, the whole page goes to the sign-in, not a piece of it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") and self._leads_to_sign_in(response):
            # back to the page the person saw, not to a piece of it; without its query, which may hold a patient's name
            page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
            return hx_redirect(f"{settings.LOGIN_URL}?{urlencode({'next': page})}")
        return response

    def _leads_to_sign_in(self, response: HttpResponse) -> bool:
        return response.status_code == 302 and urlsplit(response["Location"]).path == settings.LOGIN_URL


class DomainErrorMiddleware:
    """Turns a rule's refusal that no view caught into a page with its message; by then the act is rolled back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, KeyProblem):
            return self._unreadable(request, exception)
        if not isinstance(exception, DomainError):
            return None
        metrics.REFUSALS.labels(code=exception.code).inc()
        if not wants_fragment(request):
            return render(request, "409.html", {"error": exception}, status=exception.status)
        response = render(request, "409.html#message", {"error": exception}, status=exception.status)
        response["X-Message"] = quote(str(exception))  # static/js/htmx-config.js shows it as a toast
        return response

    def _unreadable(self, request: HttpRequest, problem: KeyProblem) -> HttpResponse:
        """What is encrypted and does not open is never shown as if it were empty: the whole page says so instead."""
        log.error("Encrypted data cannot be opened: %s: %s", type(problem).__name__, problem)  # table and column only
        metrics.UNREADABLE.labels(kind=type(problem).__name__).inc()
        template = "unreadable.html#message" if wants_fragment(request) else "unreadable.html"
        response = render(request, template, status=503)
        response["X-Message"] = quote(gettext("This record cannot be opened."))
        return response
