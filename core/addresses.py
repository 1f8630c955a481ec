"""Where a request comes from: the proxy's word counts only when the proxy is one of ours."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Puts the visitor's own address into ``REMOTE_ADDR``, as audit, rate limits and the list of sessions read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if forwarded := request.META.get("HTTP_X_FORWARDED_FOR"):
            request.META["REMOTE_ADDR"] = _visitor(request.META.get("REMOTE_ADDR", ""), forwarded)
        return self.get_response(request)


def _visitor(peer: str, forwarded: str) -> str:
    """The nearest address that no proxy of ours added; what stands further left may be invented."""
    trusted = settings.TRUSTED_PROXIES
    hops = [word.strip() for word in forwarded.split(",")][-5:]
    while hops and ("*" in trusted or peer in trusted) and _is_address(hops[-1]):
        peer = hops.pop()
        if "*" in trusted:
            break
    return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def network_of(address: str) -> str:
    """What one visitor may be taken for: an IPv4 address, or the /64 a household of IPv6 addresses shares."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
