"""Closing the books up to a day, and naming the accounts."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from billing.errors import AccountCodeTaken, BooksDisagree, ClosedAlready, ClosingTooLate, ShiftsUnsettled
from billing.models import Account, BooksClosing
from billing.models.snapshot import SUFFIXES
from billing.queries.books import closed_through, unsettled_shifts
from billing.queries.comparing import ledger_disagreements
from core.clock import today
from core.db.locks import take_turns


@transaction.atomic
def close_books(*, through: datetime.date, note: str = "", by: Any) -> BooksClosing:
    """Let nothing be posted any more up to and with the day `through`; the database refuses it from then on.

    Raises ClosingTooLate (the day is not over), ClosedAlready, ShiftsUnsettled, BooksDisagree.
    """
    if through >= today():
        raise ClosingTooLate()
    _wait_for_entries()
    closed = closed_through()
    if closed and through <= closed:
        raise ClosedAlready(through=f"{closed:%Y-%m-%d}")
    numbers = unsettled_shifts(through)
    if numbers:
        raise ShiftsUnsettled(numbers=", ".join(numbers))
    if ledger_disagreements():
        raise BooksDisagree()
    return BooksClosing.objects.create(through=through, note=note, closed_by=by)


@transaction.atomic
def name_account(*, account: Account, code: str, names: Mapping[str, str]) -> Account:
    """Give an account the number and names (by language code) of the hospital's own chart. Raises AccountCodeTaken."""
    list(Account.objects.select_for_update().order_by("pk").values_list("pk"))  # two numbers may not meet on the way
    if Account.objects.exclude(pk=account.pk).filter(code=code).exists():
        raise AccountCodeTaken()
    account.code = code
    for language, suffix in SUFFIXES.items():
        setattr(account, f"name_{suffix}", names[language])
    account.save(update_fields=["code", *(f"name_{suffix}" for suffix in SUFFIXES.values()), "updated_at"])
    return account


def _wait_for_entries() -> None:
    """Entries under way come first; those that begin now wait until this transaction has ended."""
    take_turns("books")
