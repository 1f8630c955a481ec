"""Asking an address that a hospital's admin typed in, without becoming their way into networks behind us.

The name is resolved once, every address it has must be public (unless OUTWARD_ALLOW_PRIVATE_NETWORKS), and the
connection goes to just that address, so that a name that changes its mind between two look-ups gains nothing. Redirects
are not followed, answers are small, and only https is spoken.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TIMEOUT = 8.0  # seconds
LARGEST = 512 * 1024  # bytes
FORM = "application/x-www-form-urlencoded"


class Unreachable(Exception):
    """The address may not be asked, does not answer, or answers something else than a JSON object."""


def get_json(url: str, **headers: str) -> dict[str, Any]:
    return _object(*_ask("GET", url, None, headers))


def get_text(url: str, **headers: str) -> str:
    """What stands at an address, as text. Raises Unreachable."""
    status, content = _ask("GET", url, None, headers)
    _check(status)
    return content.decode("utf-8", "replace")


def post_form(url: str, data: dict[str, str], **headers: str) -> dict[str, Any]:
    return _object(*_ask("POST", url, urlencode(data).encode(), {"Content-Type": FORM, **headers}))


def ask_form(method: str, url: str, data: dict[str, str], **headers: str) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of an answer, also where the other side refuses. Raises Unreachable."""
    body = urlencode(data).encode() if data else None
    return _any_object(*_ask(method, url, body, {"Content-Type": FORM, **headers}))


def post_json(url: str, data: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object of an answer, also where the other side refuses. Raises Unreachable."""
    return _any_object(*_ask("POST", url, json.dumps(data).encode(), {"Content-Type": "application/json", **headers}))


def post_bytes(url: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    """The same for a body that is written already; it may come back, and nothing at all is an object without facts."""
    status, content = _ask("POST", url, body, headers, echo=2 * len(body))
    return _any_object(status, content or b"{}")


def is_allowed(url: str) -> bool:
    """Whether an address has the right form: https with a host, and nobody's name and password in it."""
    parts = urlsplit(url)
    schemes = {"https", "http"} if settings.OUTWARD_ALLOW_HTTP else {"https"}
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str], *, echo: int = 0) -> tuple[int, bytes]:
    if not is_allowed(url):
        raise Unreachable("only https addresses are asked")
    parts = urlsplit(url)
    try:
        connection = _connection(parts.scheme, str(parts.hostname), parts.port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, {"Accept": "application/json", "User-Agent": "ihospita", **headers})
        answer = connection.getresponse()
        content = answer.read(LARGEST + echo + 1)
        connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(type(problem).__name__) from problem
    if len(content) > LARGEST + echo:
        raise Unreachable("answered too much")
    return answer.status, content


def _check(status: int) -> None:
    if status != 200:
        raise Unreachable(f"answered {status}")  # a redirect as well: it is not followed


def _object(status: int, content: bytes) -> dict[str, Any]:
    _check(status)
    return _parsed(content)


def _any_object(status: int, content: bytes) -> tuple[int, dict[str, Any]]:
    if 300 <= status < 400:
        raise Unreachable(f"answered {status}")
    return status, _parsed(content)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as problem:
        raise Unreachable("answered no JSON") from problem
    if not isinstance(found, dict):
        raise Unreachable("answered no JSON object")
    return found


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    address = _vetted(host, port or (443 if scheme == "https" else 80))
    plain = socket.create_connection(address, timeout=TIMEOUT)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    secure = ssl.create_default_context()
    connection.sock = secure.wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
    return connection


def _vetted(host: str, port: int) -> tuple[str, int]:
    """The address to connect to. Raises Unreachable when any address of the name lies in a private network."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not settings.OUTWARD_ALLOW_PRIVATE_NETWORKS and not all(_is_public(one) for one in found):
        raise Unreachable("lies in a private network")
    return min(found), port


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast
