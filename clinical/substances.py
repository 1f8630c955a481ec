"""Substances an allergy can be coded to: medicines by INN and ATC code, ATC groups, common foods."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.text import normalise

FILE = Path(__file__).parent / "data" / "substances.csv"


@dataclass(frozen=True)
class Substance:
    atc: str
    name: str
    kind: str

    @property
    def key(self) -> str:
        return f"{self.atc}|{self.name}"


@cache
def substances() -> tuple[Substance, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Substance(line["atc"], line["name"], line["kind"]) for line in csv.DictReader(file))


def search_substances(text: str, limit: int = 10) -> list[Substance]:
    """Substances whose name contains the words or whose ATC code begins with them; beginnings first."""
    wanted = normalise(text)
    if not wanted:
        return []
    found = [one for one in substances() if wanted in one.name.lower() or one.atc.lower().startswith(wanted)]
    return sorted(found, key=lambda one: (not one.name.lower().startswith(wanted), one.name))[:limit]


def find_substance(text: str) -> Substance | None:
    """The substance with exactly this name, if there is one."""
    wanted = normalise(text)
    return next((one for one in substances() if one.name.lower() == wanted), None)
