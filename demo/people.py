"""Invented people, drawn by a seeded chance: the same seed gives the same people."""

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from patients.states import Precision, Relationship, Sex

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


@dataclass(frozen=True)
class Place:
    """A commune by its code; province and district are the code's beginnings."""

    commune: str

    @property
    def codes(self) -> dict[str, str]:
        return {"province": self.commune[:2], "district": self.commune[:4], "commune": self.commune}


def person(chance: Random, today: datetime.date, places: list[Place]) -> dict[str, Any]:
    """Return the details of one invented person, as ``patients.models.Patient`` names them, and ``contact``."""
    sex = chance.choice([Sex.FEMALE, Sex.FEMALE, Sex.MALE])
    family, given = chance.choice(family_names()), chance.choice(given_names(sex))
    other = chance.choice(given_names(chance.choice([Sex.FEMALE, Sex.MALE])))
    birth_date, precision = _birth(chance, today)
    return {
        "family_name": family.latin,
        "given_name": given.latin,
        "native_family_name": family.native,
        "native_given_name": given.native,
        "sex": sex,
        "birth_date": birth_date,
        "birth_date_precision": precision,
        "phone": phone(chance),
        "village": f"Phum {chance.randint(1, 12)}",
        "preferred_language": chance.choices(["km", "en", "zh-hans"], [90, 6, 4])[0],
        **(chance.choice(places).codes if places else {}),
        "contact": {
            "name": f"{family.latin} {other.latin}",
            "relationship": chance.choice([Relationship.SPOUSE, Relationship.MOTHER, Relationship.CHILD]),
            "phone": phone(chance),
        },
    }


def phone(chance: Random) -> str:
    """A number of a Cambodian mobile network's form, in E.164."""
    return f"+855{chance.choice(PREFIXES)[1:]}{chance.randint(200_000, 999_999)}"


def _birth(chance: Random, today: datetime.date) -> tuple[datetime.date, str]:
    years = chance.choices(
        [chance.uniform(0, 5), chance.uniform(5, 18), chance.uniform(18, 60), chance.uniform(60, 92)], [14, 14, 52, 20]
    )[0]
    born = today - datetime.timedelta(days=int(years * 365.25) + 1)
    if chance.random() < 0.2:
        return born.replace(month=1, day=1), Precision.YEAR
    return born, Precision.DAY
