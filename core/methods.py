"""Which requests only read: by a safe method (RFC 9110, 9.2.1), or by a question in the body (core.asking)."""

from django.http import HttpRequest
from django.urls import Resolver404, resolve

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def only_reads(request: HttpRequest) -> bool:
    return request.method in SAFE or (request.method == "POST" and _goes_to_a_question(request))


def _goes_to_a_question(request: HttpRequest) -> bool:
    """Whether the view is marked by ``core.asking.asks``; it may not be known yet."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            return False
    return hasattr(match.func, "asks")
