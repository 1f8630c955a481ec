"""The cookie that tells a device on which somebody signed in before from a stranger's.

It opens nothing: it only gives its people a count of failures of their own (accounts.services.attempts).
"""

import secrets
from typing import Any

from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.services.attempts import digest

COOKIE = "device"
DAYS = 180
PEOPLE = 24  # who share one computer of a ward; the longest unseen is forgotten first


def known_device(request: HttpRequest, login: str) -> str:
    """The device's name when this person signed in on it before, else nothing."""
    content = _read(request)
    return str(content["n"]) if digest(login) in content["p"] else ""


def remember_person(request: HttpRequest, response: HttpResponse, *logins: str) -> None:
    """Write the person's ways to sign in into the device's cookie."""
    content = _read(request)
    now = [digest(login) for login in logins if login]
    content["p"] = [*(one for one in content["p"] if one not in now), *now][-PEOPLE:]
    response.set_cookie(
        COOKIE,
        signing.dumps(content, salt=_salt(), compress=True),
        max_age=DAYS * 86_400,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        content = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(), max_age=DAYS * 86_400)
        return {"n": str(content["n"]), "p": list(content["p"])}
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return {"n": secrets.token_urlsafe(12), "p": []}


def _salt() -> str:
    return f"{connection.schema_name}|device"
