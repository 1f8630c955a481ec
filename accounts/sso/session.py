"""What a browser's session keeps of a single sign-on: the open question, and the token to sign out with (encrypted)."""

import hmac
from typing import Any

from django.http import HttpRequest

from accounts.sso.tokens import LEEWAY
from core import clock, crypto

LONGEST = 600  # seconds a person may take at the provider


def keep_question(request: HttpRequest, facts: dict[str, Any]) -> None:
    request.session["sso"] = {**facts, "at": int(clock.now().timestamp())}


def take_question(request: HttpRequest, state: str) -> dict[str, Any] | None:
    """The question this answer belongs to; it is gone whatever comes of it, so that no answer counts twice."""
    kept = request.session.pop("sso", None)
    if not kept or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        return None
    return kept if clock.now().timestamp() - kept["at"] < LONGEST else None


def proved_at(claims: dict[str, Any]) -> float:
    """When the provider last asked the person to prove who they are (``auth_time``), never later than now; else 0."""
    moment, now = claims.get("auth_time"), clock.now().timestamp()
    if not isinstance(moment, int | float) or moment > now + LEEWAY:
        return 0
    return min(moment, now)


def keep_token(request: HttpRequest, token: str) -> None:
    request.session["sso_token"] = crypto.encrypt(token.encode(), aad="sso.token")


def kept_token(request: HttpRequest) -> str:
    kept = request.session.get("sso_token")
    return crypto.decrypt(kept, aad="sso.token").decode() if kept else ""
