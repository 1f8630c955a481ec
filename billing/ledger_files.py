"""The journal in forms that accounting programs read; docs/journal.md describes both, column by column."""

import itertools
from collections.abc import Iterable, Iterator

from django.utils import timezone

from billing.models import Account, AccountKind, Entry, Posting
from core.money import quantize
from core.tables import csv_table

COLUMNS = (
    "entry",
    "date",
    "time",
    "branch",
    "event",
    "document",
    "account",
    "account_name",
    "currency",
    "debit",
    "credit",
    "rate",
    "base_currency",
    "base_debit",
    "base_credit",
    "posted_by",
    "reverses",
)
HLEDGER_KINDS = {
    AccountKind.ASSET: "A",
    AccountKind.LIABILITY: "L",
    AccountKind.EQUITY: "E",
    AccountKind.INCOME: "R",
    AccountKind.EXPENSE: "X",
}


def as_csv(postings: Iterable[Posting]) -> bytes:
    """One row a posting; debit and credit apart, both without a sign."""
    return csv_table(COLUMNS, (_row(posting) for posting in postings))


def as_hledger(postings: Iterable[Posting], accounts: Iterable[Account]) -> bytes:
    """Plain text accounting as hledger and ledger read it: accounts first, then one transaction an entry."""
    lines = [f"account {_account(one)}  ; type:{HLEDGER_KINDS[AccountKind(one.kind)]}" for one in accounts]
    for _pk, group in itertools.groupby(postings, key=lambda posting: posting.entry_id):
        lines += ["", *_transaction(list(group))]
    return ("\n".join(lines) + "\n").encode()


def document_of(entry: Entry) -> str:
    """The number of the receipt, invoice or shift that an entry was posted for."""
    for subject in (entry.payment, entry.invoice, entry.shift):
        if subject:
            return subject.number or ""
    return ""


def _row(posting: Posting) -> list[object]:
    entry, at = posting.entry, timezone.localtime(posting.entry.occurred_at)
    return [
        entry.pk,
        f"{entry.date:%Y-%m-%d}",
        f"{at:%H:%M:%S}",
        posting.branch.code,
        entry.kind,
        document_of(entry),
        posting.account.code,
        posting.account.name,
        posting.currency,
        *_sides(posting.amount, posting.currency),
        "" if entry.rate is None else entry.rate,
        entry.base_currency,
        *_sides(posting.base_amount, entry.base_currency),
        entry.posted_by,
        entry.reverses_id or "",
    ]


def _sides(amount, currency: str) -> tuple[object, object]:
    size = quantize(abs(amount), currency)
    return (size, "") if amount > 0 else ("", size)


def _transaction(postings: list[Posting]) -> Iterator[str]:
    entry = postings[0].entry
    yield f"{entry.date:%Y-%m-%d} * ({document_of(entry)}) {entry.kind}  ; entry:{entry.pk}, branch:{entry.branch.code}"
    if entry.rate is not None:
        yield f"    ; rate:{entry.rate}"
    for one in postings:
        worth = f"base:{quantize(one.base_amount, entry.base_currency)} {entry.base_currency}"
        worth += f", branch:{one.branch.code}" if one.branch_id != entry.branch_id else ""
        yield f"    {_account(one.account)}  {quantize(one.amount, one.currency)} {one.currency}  ; {worth}"


def _account(account: Account) -> str:
    """Two spaces would end the name, a semicolon would begin a note."""
    return " ".join(f"{account.code} {account.name}".replace(";", ",").split())
