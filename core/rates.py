"""How often one person, or one address without a session, may ask for what: rates per class of request.

Far above what a hand can do, far below what a program can: whoever copies a hospital's records page by page is stopped
early. A class is counted per minute in Redis under the hospital's own keys. Sign-in has limits of its own
(accounts.services.attempts), and the proxy has cruder ones before any of this.
"""

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tenants.cache import make_key
from redis import Redis

from core import metrics
from core.addresses import network_of
from core.methods import only_reads

WINDOW_SECONDS = 60
MOST_KEYS = 10_000

View = Callable[..., HttpResponse]


def rated(kind: str) -> Callable[[View], View]:
    """Mark a view as belonging to another class of settings.RATES than its method says."""

    def mark(view: View) -> View:
        view.rate = kind  # type: ignore[attr-defined]
        return view

    return mark


def kind_of(request: HttpRequest, view: View) -> str:
    """The class of a request: what its view says, else an act or a reading, without a session a stranger's."""
    if kind := getattr(view, "rate", ""):
        return kind
    if not request.user.is_authenticated:
        return "stranger"
    return "read" if only_reads(request) else "act"


class RateMiddleware:
    """Answers 429 with Retry-After to whoever asks more often than settings.RATES allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        kind = kind_of(request, view)
        second = int(time.time())
        who = request.user.pk if request.user.is_authenticated else network_of(request.META.get("REMOTE_ADDR", ""))
        prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
        key = make_key(f"rate:{kind}:{who}:{second // WINDOW_SECONDS}", prefix, 1)
        if _counted(key, settings.RATES[kind]) <= settings.RATES[kind]:
            return None
        metrics.REFUSALS.labels(code=f"rate_{kind}").inc()
        wait = WINDOW_SECONDS - second % WINDOW_SECONDS
        return too_many(request, wait)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page that asks for patience, with Retry-After for programs."""
    response = render(request, "429.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response


_lock = threading.Lock()
_mine: dict[str, tuple[int, int]] = {}  # by key: requests this process has not told Redis yet, and the total it knows


def _counted(key: str, most: int) -> int:
    """Count one request and return how many there were. A process tells Redis of every few: a page costs nothing."""
    step = max(most // 20, 1)
    with _lock:
        if len(_mine) > MOST_KEYS:
            _mine.clear()
        untold, total = _mine.get(key, (0, 0))
        untold += 1
        if untold < step:
            _mine[key] = (untold, total)
            return total + untold
        _mine[key] = (0, total + untold)
    total = _tell(key, untold)
    with _lock:
        _mine[key] = (_mine.get(key, (0, 0))[0], total)
    return total


def _tell(key: str, requests: int) -> int:
    with _redis().pipeline(transaction=False) as pipe:
        pipe.incrby(key, requests)
        pipe.expire(key, WINDOW_SECONDS * 2)
        return int(pipe.execute()[0])


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2)
