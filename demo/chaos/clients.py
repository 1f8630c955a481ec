"""People at the cash desk who do not give up: without an answer they send the same form again."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from demo.bench.client import Browser, Request

PATIENCE = 240.0  # seconds until a client counts as lost
PAUSE = 0.3
RECEIPT = "/billing/payments/"


@dataclass
class Outcome:
    """Receipts by invoice, forms that were sent again, by what went wrong, and clients that never got an answer."""

    receipts: dict[str, str] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ended(self) -> int:
        return len(self.receipts) + len(self.lost)


def start(port: int, payments: list[dict[str, Any]], cookies: dict[str, dict[str, str]]) -> Outcome:
    """Every payment by a thread of its own, all at once."""
    outcome = Outcome()
    for payment in payments:
        browser = Browser(port, "portal.samaki.localhost", cookies[payment["who"]])
        request = Request(payment["path"], payment["data"])
        threading.Thread(target=_pay, args=(browser, request, payment["invoice"], outcome), daemon=True).start()
    return outcome


def _pay(browser: Browser, request: Request, invoice: str, outcome: Outcome) -> None:
    deadline, trouble = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            answer = browser.send(request)
        except OSError as error:
            browser.close()
            trouble = type(error).__name__
        else:
            location = answer.headers.get("location", "")
            if answer.status == 302 and location.startswith(RECEIPT):
                with outcome.lock:
                    outcome.receipts[invoice] = location
                return
            trouble = f"{answer.status} {location}".strip()
        with outcome.lock:
            outcome.repeats[trouble] += 1
        time.sleep(PAUSE)
    with outcome.lock:
        outcome.lost.append(f"{invoice}: {trouble}")
