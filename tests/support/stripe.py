"""A Stripe that speaks the protocol of hosted checkout: sessions, idempotency keys, signed events."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.support.serving import Handler, Server, serving

SECRET_KEY, SIGNING_SECRET = "sk_test_of_the_suite", "whsec_of_the_suite"


class Stripe:
    """Keeps sessions by their id and by the idempotency key they were made with."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.address = ""
        self._events = 0

    def open(self, form: dict[str, str], once: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        if once in self.by_key:
            return 200, self.sessions[self.by_key[once]]
        amount = int(form["line_items[0][price_data][unit_amount]"])
        if amount < 50:
            return 400, {"error": {"type": "invalid_request_error", "code": "amount_too_small"}}
        session_id = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "url": f"{self.address}/c/pay/{session_id}",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": amount,
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
            "payment_intent": None,
            "expires_at": int(form["expires_at"]),
        }
        self.by_key[once] = session_id
        return 200, self.sessions[session_id]

    def end(self, session_id: str) -> tuple[int, dict[str, Any]]:
        session = self.sessions[session_id]
        if session["status"] != "open":
            return 400, {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
        session["status"] = "expired"
        return 200, session

    def pay(self, session_id: str, **changes: Any) -> dict[str, Any]:
        """Somebody pays on the page."""
        self.sessions[session_id] |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": f"pi_{session_id}",
            **changes,
        }
        return self.sessions[session_id]

    def event(self, session_id: str, kind: str = "checkout.session.completed", **changes: Any) -> bytes:
        """The text of an event about a session."""
        self._events += 1
        event = {
            "id": f"evt_{self._events}",
            "object": "event",
            "type": kind,
            "created": 1763700000,
            "data": {"object": self.sessions[session_id]},
            **changes,
        }
        return json.dumps(event).encode()


def signature(payload: bytes, at: datetime, secret: str = SIGNING_SECRET) -> str:
    """The header Stripe sends with an event."""
    stamp = str(int(at.timestamp()))
    signed = hmac.digest(secret.encode(), f"{stamp}.".encode() + payload, "sha256").hex()
    return f"t={stamp},v1={'0' * 64},v1={signed},v0={signed}"


def _handler(stripe: Stripe) -> type[Handler]:
    class Api(Handler):
        def do_GET(self) -> None:
            found = stripe.sessions.get(self.path.rpartition("/")[2])
            self._answer(*((200, found) if found else (404, {"error": {"code": "resource_missing"}})))

        def do_POST(self) -> None:
            form = self.form()
            if self.path.endswith("/expire"):
                self._answer(*stripe.end(self.path.split("/")[-2]))
            else:
                self._answer(*stripe.open(form, self.headers.get("Idempotency-Key", "")))

        def _answer(self, status: int, found: dict[str, Any]) -> None:
            if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                status, found = 401, {"error": {"type": "invalid_request_error", "code": "api_key_invalid"}}
            self.send(status if stripe.status == 200 else stripe.status, found)

    return Api


@contextmanager
def running_stripe() -> Iterator[Stripe]:
    stripe = Stripe()
    with serving(Server(_handler(stripe))) as server:
        stripe.address = server.address
        yield stripe
