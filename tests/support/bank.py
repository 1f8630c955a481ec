"""A bank that speaks the protocol of the Bakong Open API: paid, not paid, failed, silent, and lying when told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gateways import khqr

TOKEN = "the-bank-s-own-token"


class Bank:
    """Keeps transfers by the MD5 of the code they were made with, and what it was asked."""

    def __init__(self) -> None:
        self.transfers: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self.asked: list[str] = []
        self.status = 200
        self.raw: bytes | None = None
        self.silent = threading.Event()
        self.address = ""
        self._hashes = 0

    def pay(self, code: str, **changes: Any) -> dict[str, Any]:
        """Scan a code and pay what it says, or with ``changes`` something else."""
        said = khqr.read(code)
        self._hashes += 1
        currency = khqr.CURRENCIES[said.currency].value
        transfer = {
            "hash": f"{self._hashes:064x}",
            "fromAccountId": "payer@bank",
            "toAccountId": said.account_id,
            "currency": currency,
            "amount": float(said.amount),
            "description": "",
            "createdDateMs": 1763700000000,
            "acknowledgedDateMs": 1763700001000,
            **changes,
        }
        self.transfers[said.md5] = transfer
        return transfer

    def answer(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if key != f"Bearer {TOKEN}":
            return 401, {"responseCode": 1, "responseMessage": "Unauthorized", "errorCode": 6, "data": None}
        if path != "/v1/check_transaction_by_md5":
            return 404, {"responseCode": 1, "responseMessage": "Not found", "errorCode": 5, "data": None}
        md5 = body.get("md5", "")
        self.asked.append(md5)
        if md5 in self.failed:
            return 200, {"responseCode": 1, "responseMessage": "Transaction failed.", "errorCode": 3, "data": None}
        if md5 not in self.transfers:
            return 200, {"responseCode": 1, "responseMessage": "Not found.", "errorCode": 1, "data": None}
        found = self.transfers[md5]
        return 200, {"responseCode": 0, "responseMessage": "Success", "errorCode": None, "data": found}


def _handler(bank: Bank) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            if bank.silent.is_set():
                return  # the connection closes without a word
            status, found = bank.answer(self.path, self.headers.get("Authorization", ""), body)
            content = json.dumps(found).encode() if bank.raw is None else bank.raw
            self.send_response(status if bank.status == 200 else bank.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def running_bank() -> Iterator[Bank]:
    bank = Bank()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bank))
    bank.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
