"""Stripe's hosted checkout over HTTP: making a session, and believing its events. Knows no database.

Amounts travel in hundredths of the currency, riel too: they are not among Stripe's currencies without decimals.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core import fetching
from core.fetching import Unreachable

SESSIONS = "/v1/checkout/sessions"
TOLERANCE = 300  # seconds an event may be old
HUNDRED = Decimal(100)


class StripeUnreachable(Exception):
    """No answer, or one that makes no sense."""


class StripeRefuses(Exception):
    """Stripe does not take our key or our question; the message is Stripe's own."""


class SignatureWrong(Exception):
    """An event that Stripe did not sign with our secret, or too long ago."""


@dataclass(frozen=True)
class Session:
    """A checkout page of Stripe's and what is known of its payment."""

    id: str
    url: str
    is_paid: bool
    amount: Decimal
    currency: str
    reference: str
    payment_id: str = ""


def open_session(
    api: str,
    key: str,
    *,
    amount: Decimal,
    currency: str,
    words: str,
    reference: str,
    expires: datetime,
    success_url: str,
    cancel_url: str,
) -> Session:
    """Make a checkout page over an amount; the same `reference` makes it once. Raises as ``find_session``."""
    form = {
        "mode": "payment",
        "client_reference_id": reference,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": currency.lower(),
        "line_items[0][price_data][unit_amount]": str(int(amount * HUNDRED)),
        "line_items[0][price_data][product_data][name]": words,
        "expires_at": str(int(expires.timestamp())),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    return _session(_ask("POST", api, SESSIONS, key, form, reference))


def find_session(api: str, key: str, session_id: str) -> Session:
    """How a checkout stands. Raises StripeUnreachable, StripeRefuses."""
    return _session(_ask("GET", api, f"{SESSIONS}/{session_id}", key, {}))


def end_session(api: str, key: str, session_id: str) -> None:
    """Let nobody pay on the page any more. Raises StripeUnreachable, StripeRefuses (it was paid or has ended)."""
    _ask("POST", api, f"{SESSIONS}/{session_id}/expire", key, {})


def believe(payload: bytes, header: str, secret: str, now: datetime) -> dict[str, Any]:
    """The event in a call of Stripe's, when its signature is ours and fresh. Raises SignatureWrong."""
    parts = [part.partition("=") for part in header.split(",")]
    stamp = next((value for name, _sign, value in parts if name.strip() == "t"), "")
    if not (stamp.isascii() and stamp.isdecimal()) or abs(now.timestamp() - int(stamp)) > TOLERANCE or not secret:
        raise SignatureWrong()
    expected = hmac.digest(secret.encode(), stamp.encode() + b"." + payload, "sha256").hex()
    given = [value for name, _sign, value in parts if name.strip() == "v1"]
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise SignatureWrong()
    try:
        event = json.loads(payload)
    except ValueError as problem:
        raise SignatureWrong() from problem
    if not isinstance(event, dict):
        raise SignatureWrong()
    return event


def session_of(event: dict[str, Any]) -> Session:
    """The session an event is about. Raises StripeUnreachable where it is about none."""
    data = event.get("data")
    return _session(data.get("object") if isinstance(data, dict) else None)


def _ask(method: str, api: str, path: str, key: str, form: dict[str, str], once: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", **({"Idempotency-Key": once} if once else {})}
    try:
        status, answer = fetching.ask_form(method, api.rstrip("/") + path, form, **headers)
    except Unreachable as problem:
        raise StripeUnreachable(str(problem)) from problem
    if status >= 500 or status == 429:
        raise StripeUnreachable(f"answered {status}")
    if status != 200:
        error = answer.get("error")
        raise StripeRefuses(
            str(error.get("code") or error.get("type"))[:80] if isinstance(error, dict) else str(status)
        )
    return answer


def _session(found: Any) -> Session:
    if not isinstance(found, dict) or not isinstance(found.get("id"), str) or found.get("object") != "checkout.session":
        raise StripeUnreachable("answered no session")
    total = found.get("amount_total")
    if isinstance(total, bool) or not isinstance(total, int):
        raise StripeUnreachable("answered no amount")
    return Session(
        id=found["id"][:100],
        url=str(found.get("url") or ""),
        is_paid=found.get("payment_status") == "paid",
        amount=Decimal(total) / HUNDRED,
        currency=str(found.get("currency", "")).upper()[:3],
        reference=str(found.get("client_reference_id") or ""),
        payment_id=str(found.get("payment_intent") or "")[:64],
    )


def moment_of(event: dict[str, Any]) -> datetime | None:
    """When Stripe made an event."""
    made = event.get("created")
    return datetime.fromtimestamp(made, UTC) if isinstance(made, int) and made > 0 else None
