"""Khmer names with their Latin spellings, and phone numbers, for invented people."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

NAMES = Path(__file__).parent / "data" / "khmer_names.csv"
PREFIXES = ["010", "011", "012", "015", "016", "069", "070", "077", "081", "085", "089", "092", "093", "096", "098"]
# Further given names in common use, Khmer and Latin (f, m or u: for whom).
MORE_GIVEN = [
    ("ធារ៉ា", "Theara", "u"),
    ("ម៉ាលី", "Maly", "f"),
    ("សុវណ្ណ", "Sovann", "m"),
    ("កញ្ញា", "Kanha", "f"),
    ("រតនា", "Ratana", "u"),
    ("វាសនា", "Veasna", "m"),
    ("សម្បត្តិ", "Sambath", "m"),
    ("បញ្ញា", "Panha", "m"),
    ("ពិសី", "Pisey", "f"),
    ("រស្មី", "Reaksmey", "u"),
    ("ផល្លា", "Phalla", "f"),
    ("មុនី", "Mony", "m"),
    ("ណារិទ្ធ", "Narith", "m"),
    ("វណ្ណា", "Vanna", "u"),
    ("ធីតា", "Thida", "f"),
    ("សុផល", "Sophal", "u"),
    ("កល្យាណ", "Kalyan", "f"),
    ("ទេវី", "Tevy", "f"),
    ("នារី", "Neary", "f"),
    ("ភក្តី", "Pheakdey", "m"),
    ("សំណាង", "Samnang", "m"),
    ("វីរៈ", "Virak", "m"),
    ("លីដា", "Lida", "f"),
    ("សុខលី", "Sokly", "f"),
]


@dataclass(frozen=True)
class Name:
    native: str
    latin: str
    sex: str  # f, m or u


@cache
def family_names() -> list[Name]:
    return [Name(row["name_km"], row["latin_forms"].split(";")[0], "u") for row in _rows("family")]


@cache
def given_names(sex: str) -> list[Name]:
    letter = sex[0]
    listed = [Name(row["name_km"], row["latin_forms"].split(";")[0], "u") for row in _rows("given")]
    return [name for name in [*listed, *(Name(*more) for more in MORE_GIVEN)] if name.sex in ("u", letter)]


def _rows(part: str) -> Iterator[dict[str, str]]:
    with NAMES.open(encoding="utf-8") as file:
        yield from (row for row in csv.DictReader(file) if row["part"] == part)


def phone(chance: Random) -> str:
    """A number of a Cambodian mobile network's form, in E.164."""
    return f"+855{chance.choice(PREFIXES)[1:]}{chance.randint(200_000, 999_999)}"
