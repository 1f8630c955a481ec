"""The Bakong Open API: was this code paid? Speaks HTTP and nothing else; knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core import fetching
from core.fetching import Unreachable

CHECK = "/v1/check_transaction_by_md5"
NOT_FOUND, FAILED, UNAUTHORISED = 1, 3, 6  # the bank's own numbers


class BankUnreachable(Exception):
    """No answer, or one that makes no sense; asked again later."""


class KeyRefused(Exception):
    """The bank does not know our key (any more)."""


@dataclass(frozen=True)
class Transfer:
    """What the bank says was paid."""

    hash: str
    amount: Decimal
    currency: str
    to_account: str
    from_account: str = ""
    acknowledged_at: datetime | None = None


def find_transfer(api: str, token: str, md5: str) -> Transfer | None:
    """The transfer made with a code; None while there is none or it failed. Raises BankUnreachable, KeyRefused."""
    try:
        status, answer = fetching.post_json(api.rstrip("/") + CHECK, {"md5": md5}, Authorization=f"Bearer {token}")
    except Unreachable as problem:
        raise BankUnreachable(str(problem)) from problem
    code = answer.get("errorCode")
    if status in (401, 403) or code == UNAUTHORISED:
        raise KeyRefused()
    if status >= 500 or answer.get("responseCode") not in (0, 1):
        raise BankUnreachable(f"answered {status}")
    if answer["responseCode"] == 1:
        if code in (NOT_FOUND, FAILED):
            return None
        raise BankUnreachable(f"error {code}")
    return _transfer(answer.get("data"))


def _transfer(data: Any) -> Transfer:
    if not isinstance(data, Mapping) or not isinstance(data.get("hash"), str) or not data["hash"]:
        raise BankUnreachable("answered no transfer")
    try:
        amount = Decimal(str(data["amount"]))
    except (KeyError, InvalidOperation) as problem:
        raise BankUnreachable("answered no amount") from problem
    return Transfer(
        hash=data["hash"][:64],
        amount=amount,
        currency=str(data.get("currency", ""))[:3].upper(),
        to_account=str(data.get("toAccountId", ""))[:100],
        from_account=str(data.get("fromAccountId", ""))[:100],
        acknowledged_at=_moment(data.get("acknowledgedDateMs")),
    )


def _moment(milliseconds: Any) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float) or milliseconds <= 0:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
