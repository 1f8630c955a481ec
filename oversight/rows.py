"""Records of the trail as lists show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.models import Record
from oversight.difference import MACHINERY
from oversight.queries.readers import names_of
from oversight.queries.subjects import PATIENT, models_by_table, patients_in
from oversight.queries.visits import is_visit
from oversight.services.exports import what_of
from oversight.words import field_in_words, table_in_words

SHOWN = 4  # changed fields that a list names; the record itself names all


@dataclass(frozen=True)
class Row:
    """One record: the table's name, whose it is, and what was done, in words."""

    record: Record
    where: str
    mrn: str
    what: str
    person: str

    @property
    def is_visit(self) -> bool:
        """Support did it, looking through somebody's eyes: both names are shown instead of that person's own."""
        return is_visit(self.record.role, self.record.actor)

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
    numbers, people = patients_in(rows), names_of(row.actor_id for row in rows)
    return [
        Row(
            record=row,
            where=table_in_words(row.table_name) if row.table_name else "",
            mrn=_mrn(row, numbers),
            what=_what(row),
            person=row.actor if is_visit(row.role, row.actor) else people.get(row.actor_id) or row.actor,
        )
        for row in rows
    ]


def _mrn(row: Record, numbers: dict[str, str]) -> str:
    return numbers.get(row.row_id, "") if row.table_name == PATIENT else ""


def _what(row: Record) -> str:
    """The page, paper or event; of a change the labels of the fields that changed."""
    if row.kind != "update":
        return what_of(row)
    model = models_by_table().get(row.table_name)
    changed = {*(row.before or {}), *(row.after or {})} - MACHINERY
    fields = [field for field in model._meta.concrete_fields if field.column in changed] if model else []
    return ", ".join([field_in_words(field) for field in fields[:SHOWN]] + ["…"] * (len(fields) > SHOWN))
