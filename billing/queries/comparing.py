"""How the books are compared: a check adds up ledger and records, owner by owner, in one statement."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from billing.models import Entry


@dataclass(frozen=True)
class Disagreement:
    """One record that differs: its number, the entry to look at, and both figures."""

    record: str
    entry_id: uuid.UUID | None
    ledger: Decimal
    elsewhere: Decimal
    label: str | Promise = ""


Finder = Callable[[], Iterable[Disagreement]]
Amounts = QuerySet[Any, Any]  # values_list of owner, currency, amount


@dataclass(frozen=True)
class Check:
    """What is compared with the ledger, in words, and how what differs is found."""

    label: str | Promise
    find: Finder

    def found(self) -> list[Disagreement]:
        """What differs, with what was compared."""
        return [replace(one, label=self.label) for one in self.find()]


_checks: dict[str, Check] = {}


def compare(label: str | Promise) -> Callable[[Finder], Finder]:
    """Register a check under the name of its function."""

    def register(find: Finder) -> Finder:
        _checks[f"{find.__module__}.{find.__name__}"] = Check(label, find)
        return find

    return register


def checks() -> list[Check]:
    """Every check there is, in a fixed order."""
    return list(_checks.values())


def ledger_disagreements() -> list[Disagreement]:
    """Whatever differs, in any check; an empty list means that all agrees to the riel."""
    return [one for check in checks() for one in check.found()]


def differing(
    ledger: Amounts, *elsewhere: Amounts, records: type[Model] | None = None, entries: str = "pk", kind: str = ""
) -> Iterable[Disagreement]:
    """Owners whose amounts in the ledger and elsewhere do not come to the same, currency by currency.

    `records` are the owners' own rows, named by their number; without it they are entries. `entries` leads from an
    entry (of a `kind`) to its owner; of several the last is named.
    """
    rows = _rows(ledger, elsewhere)
    owners = {row[0] for row in rows}
    numbers = dict(records._base_manager.filter(pk__in=owners).values_list("pk", "number")) if records else {}
    named = Entry.objects.filter(**{f"{entries}__in": owners}, **({"kind": kind} if kind else {}))
    known = dict(named.order_by("pk").values_list(entries, "pk"))
    for owner, in_ledger, other in rows:
        yield Disagreement(str(numbers.get(owner, owner)), known.get(owner), in_ledger, other)


def _rows(ledger: Amounts, elsewhere: Iterable[Amounts]) -> list[tuple[uuid.UUID, Decimal, Decimal]]:
    parts, values = [], []
    for amounts, columns in ((ledger, "amount, 0"), *((one, "0, amount") for one in elsewhere)):
        statement, given = amounts.order_by().query.sql_with_params()
        parts.append(f"SELECT owner, currency, {columns} FROM ({statement}) AS part (owner, currency, amount)")
        values += given
    together = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT owner, sum(ledger), sum(other) FROM ({together}) AS both_sides (owner, currency, ledger, other)"
            " WHERE owner IS NOT NULL GROUP BY owner, currency HAVING sum(ledger) <> sum(other)",
            values,
        )
        return list(cursor.fetchall())
