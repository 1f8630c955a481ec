"""Types of identifiers in use in Cambodia, read from patients/data/identifier_types.csv (sources named there)."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from core.crypto import blind_index
from core.text import normalise

_FILE = Path(__file__).parent / "data" / "identifier_types.csv"


@dataclass(frozen=True)
class IdentifierType:
    """``personal``: the number belongs to one person; a household's card does not. ``pattern`` may be empty."""

    key: str
    name_en: str
    name_km: str
    name_zh: str
    pattern: str
    example: str
    personal: bool

    @property
    def name(self) -> str:
        return {"km": self.name_km, "zh-hans": self.name_zh}.get(get_language() or "en") or self.name_en

    def accepts(self, value: str) -> bool:
        return not self.pattern or re.fullmatch(self.pattern, value) is not None


@cache
def identifier_types() -> dict[str, IdentifierType]:
    """Return the types by key, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as rows:
        return {row["key"]: _from_row(row) for row in csv.DictReader(rows)}


def identifier_type(key: str) -> IdentifierType:
    return identifier_types()[key]


def normalise_identifier(value: str) -> str:
    """Return the value with ASCII digits, upper case and without spaces."""
    return normalise(value or "").replace(" ", "").upper()


def digest_of(value: str) -> bytes:
    """Return the blind index by which an identifier of any type is found again."""
    return blind_index(normalise_identifier(value), purpose="patient.identifier")


def _from_row(row: dict[str, str]) -> IdentifierType:
    return IdentifierType(
        key=row["key"],
        name_en=row["name_en"],
        name_km=row["name_km"],
        name_zh=row["name_zh"],
        pattern=row["regex"],
        example=row["example"],
        personal=row["uniqueness"] == "unique",
    )
