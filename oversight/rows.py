"""Records of the trail as lists show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.models import Record
from oversight.queries.subjects import PATIENT, patients_in
from oversight.services.exports import what_of
from oversight.words import table_in_words


@dataclass(frozen=True)
class Row:
    """One record: the table's name, whose it is, and what was done, in words."""

    record: Record
    where: str
    mrn: str
    what: str

    @property
    def pk(self) -> int:
        return self.record.pk

    @property
    def at(self) -> Any:
        return self.record.at

    @property
    def row_hint(self) -> str:
        """The end of the row's id, to tell two rows of one table apart."""
        return "" if self.mrn else self.record.row_id[-8:]

    @property
    def changed_row(self) -> bool:
        return self.record.kind in {"insert", "update", "delete"}


def in_words(records: Iterable[Record]) -> list[Row]:
    rows = list(records)
    numbers = patients_in(rows)
    return [
        Row(row, table_in_words(row.table_name) if row.table_name else "", _mrn(row, numbers), _what(row))
        for row in rows
    ]


def _mrn(row: Record, numbers: dict[str, str]) -> str:
    return numbers.get(row.row_id, "") if row.table_name == PATIENT else ""


def _what(row: Record) -> str:
    return "" if row.kind == "update" else what_of(row)
