"""Which requests only read (RFC 9110, 9.2.1: safe methods)."""

from django.http import HttpRequest

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def only_reads(request: HttpRequest) -> bool:
    return request.method in SAFE
