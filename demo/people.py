"""Invented people, drawn by a seeded chance: the same seed gives the same people."""

import datetime
from dataclasses import dataclass
from random import Random
from typing import Any

from patients.states import Precision, Relationship, Sex
from reports.masking.names import family_names, given_names, phone


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


def _birth(chance: Random, today: datetime.date) -> tuple[datetime.date, str]:
    years = chance.choices(
        [chance.uniform(0, 5), chance.uniform(5, 18), chance.uniform(18, 60), chance.uniform(60, 92)], [14, 14, 52, 20]
    )[0]
    born = today - datetime.timedelta(days=int(years * 365.25) + 1)
    if chance.random() < 0.2:
        return born.replace(month=1, day=1), Precision.YEAR
    return born, Precision.DAY
