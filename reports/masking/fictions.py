"""Believable values instead of real ones. The same person gets the same fictions everywhere in one copy.

Everything is drawn from a key that is made for the copy and forgotten with it: nobody can draw it again. A function
takes the cell it fills and returns the new plain value; what was empty stays empty, and is not asked for.
"""

import datetime
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from django.db import models

from clinical.states import Consciousness
from clinical.substances import substances
from patients import lists
from patients.identifiers import digest_of, identifier_types
from patients.states import Sex
from reports.masking.names import family_names, given_names, phone
from reports.masking.notes import TOLD
from terminology.models import Icd10Code

UUIDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
PATIENT_DAYS = 21  # a patient's days are moved by so many at most, beside the move of the whole copy
WEEK = 7
LIVED_LONGEST = 110
PHRASES = {
    "reason": ["Asked for by the patient", "Entered by mistake", "No longer needed", "Agreed with the doctor"],
    "comment": ["Seen and noted.", "Nothing further.", "To be looked at again at the next visit."],
    "detail": ["as ordered", "routine"],
    "reaction": ["Rash", "Itching", "Nausea", "Swelling of the lips"],
    "history": ["Appendectomy", "Asthma as a child", "Smokes, five a day", "Father with diabetes"],
    "instructions": ["After meals", "Before sleeping", "With a glass of water", "Finish the whole course"],
    "question": ["Is this dose intended?", "May it be given as syrup?"],
    "answer": ["Yes, as written.", "Please change to the lower dose."],
    "warning": ["May interact with another medicine.", "Above the usual dose."],
}
TITLES = {"_km": "វេជ្ជ.", "_zh_hans": "医生"}
NUMBERS = {
    "mrn": "P{:06d}",
    "family_number": "F{:06d}",
    "visit_number": "V{:07d}",
    "card_number": "C{:08d}",
    "invoice_number": "INV-{:07d}",
    "receipt_number": "REC-{:07d}",
    "credit_number": "CN-{:07d}",
    "claim_number": "CL-{:07d}",
    "refund_number": "REF-{:07d}",
    "deposit_number": "DEP-{:07d}",
    "deposit_refund_number": "DREF-{:07d}",
    "fee_payout_number": "DF-{:07d}",
    "shift_number": "SHIFT-{:06d}",
    "paper_number": "PAPER-{:07d}",
    "order_number": "L{:07d}",
    "accession": "{:010d}",
    "username": "staff{:03d}",
    "branch": "Test branch {}",
    "supplier": "Supplier {}",
}
Plain = Any


@dataclass
class Cell:
    """One value of a row, ``raw`` as it is kept and ``plain()`` opened; ``subject`` is its patient, else the row."""

    fiction: "Fiction"
    table: str
    field: models.Field
    row: dict[str, str | None]
    subject: str
    plain: Callable[[], Any]

    @property
    def raw(self) -> str:
        return self.row[str(self.field.column)] or ""

    @property
    def column(self) -> str:
        return str(self.field.column)

    def chance(self, *about: str) -> Random:
        return self.fiction.chance(self.subject, *about)

    def pick(self, phrases: Sequence[Any], *about: str) -> Any:
        return self.fiction.chance(str(self.row.get("id")), *about).choice(phrases)


class Fiction:
    """The invention of one copy."""

    def __init__(self, key: bytes, places: list[str]) -> None:
        self.key, self.places = key, places
        self.days = -WEEK * self.chance("the whole copy").randint(5, 50)
        self._numbers: Counter[str] = Counter()
        self._given: dict[tuple[str, str], str] = {}

    def chance(self, *about: str) -> Random:
        return Random(hmac.digest(self.key, "|".join(about).encode(), "sha256"))  # noqa: S311

    def days_of(self, patient: str) -> int:
        """By how many days a patient's own dates are moved, beside those of the whole copy."""
        return self.chance("days", patient).randint(-PATIENT_DAYS, PATIENT_DAYS)

    def id_of(self, old: str) -> str:
        """Another id of the same kind, in the same order; the time within it is moved as the whole copy is."""
        value = UUID(old).int
        if value == 0:
            return old
        made = (value >> 80) + self.days * 86_400_000
        rest = int.from_bytes(hmac.digest(self.key, value.to_bytes(16, "big"), "sha256")[:10], "big")
        fresh = (max(made, 0) << 80) | rest
        return str(UUID(int=(fresh & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62)))

    def with_ids(self, text: str) -> str:
        return UUIDS.sub(lambda found: self.id_of(found[0]), text)

    def number(self, kind: str, old: str) -> str:
        """The next number of its kind; the same old one gets the same new one."""
        known = self._given.get((kind, old))
        if known is None:
            self._numbers[kind] += 1
            known = self._given[kind, old] = NUMBERS[kind].format(self._numbers[kind])
        return known

    @cached_property
    def illnesses(self) -> list[tuple[str, str]]:
        codes = sorted({case.code for case in TOLD})
        titles = dict(Icd10Code.objects.filter(code__in=codes).values_list("code", "title_en"))
        return [(code, titles.get(code, "Illness")) for code in codes]


def person_of(cell: Cell) -> dict[str, str]:
    """Names of the patient; a family shares its name."""
    sex = cell.row.get("sex") or Sex.FEMALE
    family = cell.fiction.chance("family", cell.row.get("family_id") or cell.subject).choice(family_names())
    given = cell.chance("given").choice(given_names(sex))
    return {
        "family_name": family.latin,
        "given_name": given.latin,
        "native_family_name": family.native,
        "native_given_name": given.native,
    }


def somebody(chance: Random, *, native: bool = False) -> str:
    family, given = chance.choice(family_names()), chance.choice(given_names(chance.choice([Sex.FEMALE, Sex.MALE])))
    return f"{family.native} {given.native}" if native else f"{family.latin} {given.latin}"


def colleague(cell: Cell, *, native: bool = False) -> str:
    """By the name as it stands there, so that a colleague is the same one wherever they are named."""
    return somebody(cell.fiction.chance("staff", cell.raw.strip().lower()), native=native)


def birth_date(cell: Cell) -> datetime.date:
    """In the same year or one beside it: the age stays about what it was."""
    born: datetime.date = cell.plain()
    moved = born + datetime.timedelta(days=cell.chance("born").randint(-180, 180))
    return moved.replace(day=1, month=1) if (born.day, born.month) == (1, 1) else moved


def shifted_date(cell: Cell) -> datetime.date:
    days = cell.fiction.days + cell.fiction.days_of(cell.subject)
    return cell.plain() + datetime.timedelta(days=days)


def commune(cell: Cell) -> str:
    """Another commune of the district where the district is known, of the province otherwise."""
    district = str(cell.plain())[:4]
    near = [place for place in cell.fiction.places if place.startswith(district)] or cell.fiction.places
    return cell.chance("commune").choice(near) if near else ""


def district(cell: Cell) -> str:
    known = {place[:4] for place in cell.fiction.places}
    return cell.plain() if cell.plain() in known else ""


def measure(cell: Cell) -> Decimal:
    """A little more or less than what was measured, by the same share for everything of a patient."""
    return near(cell.plain(), cell.chance("measures").uniform(0.97, 1.03))


def near(value: Decimal, share: float) -> Decimal:
    moved = (value * Decimal(share)).quantize(Decimal(1).scaleb(int(value.as_tuple().exponent)))
    return min(moved, Decimal(100)) if value <= 100 < moved else moved


def result(cell: Cell) -> str:
    """A figure stays near what it was; an answer out of the catalogue's lists stays one; words are replaced."""
    text = str(cell.plain()).strip()
    try:
        return format(near(Decimal(text), cell.chance("results").uniform(0.97, 1.03)), "f")
    except InvalidOperation:
        return text if re.fullmatch(r"[A-Z0-9+\-/<>=]{1,6}", text) else "See comment"


def code(cell: Cell) -> Any:
    """A code out of the field's list; what is none becomes the first of the list."""
    known = [value for value, _label in cell.field.flatchoices]
    value = cell.plain()
    return value if value in known else next(iter(known), "")


def consciousness(cell: Cell) -> str:
    return cell.plain() if cell.plain() in Consciousness.values else Consciousness.values[0]


def figures(cell: Cell) -> Any:
    """Of what was worked out only switches and numbers, and words that are codes."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(one) for key, one in value.items() if re.fullmatch(r"[a-z][a-z0-9_]{0,30}", key)}
        if isinstance(value, list):
            return [kept(one) for one in value]
        return value if not isinstance(value, str) or re.fullmatch(r"[a-z_]{1,16}|[\d.+-]{1,12}", value) else ""

    return kept(cell.plain())


def identifier(cell: Cell) -> str:
    """An invented number in the form of its kind: the form's example with other digits."""
    kind = identifier_types().get(cell.row.get("type") or "")
    example = kind.example if kind and kind.example else "000000000"
    chance = cell.fiction.chance("identifier", str(cell.row.get("id")))
    return re.sub(r"\d", lambda _digit: str(chance.randint(0, 9)), example)


def one_of(known: list[str], cell: Cell, otherwise: str) -> str:
    return cell.raw if cell.raw in known else otherwise


def note(section: str) -> Callable[[Cell], str]:
    return lambda cell: getattr(cell.chance("case", str(cell.row.get("encounter_id"))).choice(TOLD), section)


def phrase(kind: str) -> Callable[[Cell], str]:
    return lambda cell: cell.pick(PHRASES[kind], kind)


def numbered(kind: str) -> Callable[[Cell], str]:
    return lambda cell: cell.fiction.number(kind, cell.raw)


def substance(cell: Cell) -> Any:
    return cell.fiction.chance("substance", str(cell.row.get("id"))).choice(substances())


def illness(cell: Cell) -> tuple[str, str]:
    return cell.pick(cell.fiction.illnesses, "illness")


def digits(cell: Cell) -> str:
    return str(cell.pick(range(100_000, 999_999)))


TREATMENTS: dict[str, Callable[[Cell], Plain]] = {
    "keep": lambda cell: cell.fiction.with_ids(cell.raw),
    "shift": lambda cell: cell.raw,  # the statement that reads it has moved it
    "nothing": lambda cell: None,
    "code": code,
    "no_password": lambda cell: "!",
    "consciousness": consciousness,
    "figures": figures,
    "measure": measure,
    "result": result,
    "reasons": lambda cell: {key: cell.pick(PHRASES["reason"]) for key in cell.plain() if UUIDS.fullmatch(key)},
    "digits": digits,
    "phone": lambda cell: phone(cell.chance("phone", cell.table, cell.column, str(cell.row.get("id")))),
    "address": lambda cell: f"Street {cell.chance('address').randint(1, 400)}, Phnom Penh",
    "title": lambda cell: next((word for end, word in TITLES.items() if cell.column.endswith(end)), "Dr"),
    "specialisation": lambda cell: "General medicine",
    "staff": colleague,
    "staff_native": lambda cell: colleague(cell, native=True),
    "staff_email": lambda cell: f"{cell.fiction.number('username', cell.row['username'] or '')}@example.test",
    "other_person": lambda cell: somebody(cell.chance("other", str(cell.row.get("id")))),
    "family_name": lambda cell: person_of(cell)["family_name"],
    "given_name": lambda cell: person_of(cell)["given_name"],
    "native_family_name": lambda cell: person_of(cell)["native_family_name"],
    "native_given_name": lambda cell: person_of(cell)["native_given_name"],
    "birth_date": birth_date,
    "shifted_date": shifted_date,
    "patient_email": lambda cell: f"patient{cell.chance('email').randint(10_000, 999_999)}@example.test",
    "province": lambda cell: one_of(sorted({place[:2] for place in cell.fiction.places}), cell, ""),
    "district": district,
    "commune": commune,
    "village": lambda cell: f"Phum {cell.chance('village').randint(1, 12)}",
    "street": lambda cell: f"{cell.chance('street').randint(1, 300)}, Street {cell.chance('street').randint(1, 400)}",
    "nationality": lambda cell: one_of([*lists.nationalities()], cell, "KH"),
    "occupation": lambda cell: cell.chance("occupation").choice([*lists.occupations()]),
    "language": lambda cell: one_of(["km", "en", "zh-hans"], cell, "km"),
    "identifier": identifier,
    "identifier_digest": lambda cell: f"\\x{digest_of(identifier(cell)).hex()}",
    "substance": lambda cell: substance(cell).name,
    "substance_code": lambda cell: substance(cell).atc,
    "illness": lambda cell: illness(cell)[1],
    "illness_code": lambda cell: illness(cell)[0],
    "complaint": note("complaint"),
    **{section: note(section) for section in ("subjective", "objective", "assessment", "plan")},
    **{kind: phrase(kind) for kind in PHRASES},
    **{kind: numbered(kind) for kind in NUMBERS},
}


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
