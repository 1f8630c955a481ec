"""The only writer of the ledger. Departments never post; the events of the cash office do."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.errors import EntryUnbalanced
from billing.models import Account, Entry, EntryKind, Posting
from core.clock import now, today

SAFE = "safe"
DRAWER = "drawer"
RECEIVABLE = "receivable"
EXCHANGE = "exchange"
DISCOUNT = "discount"
ROUNDING = "rounding"
OVER_SHORT = "over_short"
RECEIVING = {"cash": DRAWER, "card": "card", "bank": "bank", "khqr": "khqr"}


@dataclass(frozen=True)
class Side:
    """One side of an entry before it is written: debit positive, credit negative."""

    account: str
    currency: str
    amount: Decimal
    in_shift: bool = False


def post(
    *,
    kind: EntryKind,
    source_id: uuid.UUID,
    sides: Iterable[Side],
    branch_id: uuid.UUID,
    by: Any,
    invoice: Any = None,
    payment: Any = None,
    shift: Any = None,
    reverses: Entry | None = None,
    at: datetime.datetime | None = None,
) -> Entry | None:
    """Write one balanced entry; nothing when every side is zero. The database checks the balance again at commit.

    Raises EntryUnbalanced, which is a mistake of the program. The same event cannot be posted twice.
    """
    written = [side for side in sides if side.amount]
    if not written:
        return None
    _check_balance(written)
    accounts = Account.objects.in_bulk({side.account for side in written}, field_name="key")
    entry = Entry.objects.create(
        kind=kind,
        source_id=source_id,
        occurred_at=at or now(),
        date=today(),
        branch_id=branch_id,
        invoice=invoice,
        payment=payment,
        shift=shift,
        reverses=reverses,
        posted_by=by,
    )
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account=accounts[side.account],
            currency=side.currency,
            amount=side.amount,
            shift=shift if side.in_shift else None,
            date=entry.date,
        )
        for side in written
    )
    return entry


def reverse(*, entry: Entry, kind: EntryKind, source_id: uuid.UUID, by: Any, invoice: Any = None) -> Entry | None:
    """Undo an entry by one with every sign turned; the first stays as it was. Only for entries outside a drawer."""
    sides = [
        Side(posting.account.key, posting.currency, -posting.amount)
        for posting in entry.postings.select_related("account")
    ]
    return post(
        kind=kind,
        source_id=source_id,
        sides=sides,
        branch_id=entry.branch_id,
        by=by,
        invoice=invoice,
        reverses=entry,
    )


def _check_balance(sides: Sequence[Side]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for side in sides:
        sums[str(side.currency)] += side.amount
    if any(sums.values()):
        raise EntryUnbalanced()
