"""A bank that speaks the protocol of the Bakong Open API: paid, not paid, failed, silent, and lying when told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateways import khqr
from tests.support.serving import Handler, Server, serving

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


def _handler(bank: Bank) -> type[Handler]:
    class Desk(Handler):
        def do_POST(self) -> None:
            body = json.loads(self.body())
            if bank.silent.is_set():
                return  # the connection closes without a word
            status, found = bank.answer(self.path, self.headers.get("Authorization", ""), body)
            self.send(status if bank.status == 200 else bank.status, found if bank.raw is None else bank.raw)

    return Desk


@contextmanager
def running_bank() -> Iterator[Bank]:
    bank = Bank()
    with serving(Server(_handler(bank))) as server:
        bank.address = server.address
        yield bank
