"""Short lists offered at registration, read from patients/data (sources named there)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Item:
    code: str
    name_en: str
    name_km: str
    name_zh: str

    def __str__(self) -> str:
        return {"km": self.name_km, "zh-hans": self.name_zh}.get(get_language() or "en") or self.name_en


@cache
def nationalities() -> dict[str, Item]:
    return _read("nationalities.csv")


@cache
def occupations() -> dict[str, Item]:
    return _read("occupations.csv")


def choices(items: dict[str, Item], empty: bool = False) -> list[tuple[str, str]]:
    """Return pairs for a form in the reader's language, with an empty first one where nothing may be chosen."""
    pairs = [(code, str(item)) for code, item in items.items()]
    return [("", "—"), *pairs] if empty else pairs


def _read(name: str) -> dict[str, Item]:
    with (_DATA / name).open(encoding="utf-8", newline="") as rows:
        items = [Item(row["code"], row["name_en"], row["name_km"], row["name_zh"]) for row in csv.DictReader(rows)]
    return {item.code: item for item in items}
