"""Search in a hospital with a million patients: people and their index alone, written by COPY.

Their names come from the demo's lists, so tokens repeat as they do in life. Triggers and keys are off while they are
written, which only the tables' owner may do; the primary key of the index is built afterwards.
"""

import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import schema_context

from accounts.models import User
from core.clock import now
from core.rotation import encrypted_fields
from demo.people import family_names, given_names, phone
from demo.services.numbers import id_at
from hospitals.models import Hospital
from hospitals.services.provisioning import provision, register_hospital
from patients import tokens
from patients.models import Family, Patient, SearchToken
from patients.queries import search_patients
from patients.services.families import open_family
from patients.states import Precision, Sex

SCHEMA = "million"
BATCH = 10_000
TEXTS = 400
ENCRYPTED = ["family_name", "given_name", "native_family_name", "native_given_name", "birth_date", "phone"]


def fill(number: int) -> None:
    """Bring the hospital to this many patients; runs as the tables' owner."""
    connection.set_schema_to_public()
    if not Hospital.objects.filter(schema_name=SCHEMA).exists():
        call_command("prepare_platform", verbosity=0)
        names = {"name_en": "Million", "name_km": "Million", "name_zh_hans": "Million"}
        job = register_hospital(
            schema_name=SCHEMA,
            names=names,
            owner_name="Owner",
            owner_username="owner",
            owner_email="owner@million.example",
        )
        provision(job)
    with schema_context(SCHEMA):
        have = Patient.objects.count()
        if have < number:
            _write(have, number)
        if not _is_keyed():
            _finish()


def _write(have: int, number: int) -> None:
    by = User.objects.order_by("pk").first()
    family = Family.objects.first() or open_family(by=by)
    chance = Random(11)  # noqa: S311
    with connection.cursor() as cursor:
        for table in (Patient._meta.db_table, SearchToken._meta.db_table):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _drop_keys(cursor)
        template = _template(by, family)
        for start in range(have, number, BATCH):
            people = [_person(chance, place) for place in range(start, min(start + BATCH, number))]
            with transaction.atomic():  # may be stopped and started again
                _copy_patients(cursor, people, template)
                _copy_tokens(cursor, people)


def _is_keyed() -> bool:
    with connection.cursor() as cursor:
        table = SearchToken._meta.db_table
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'", [table])
        return cursor.fetchone() is not None


def _finish() -> None:
    """Build the index, and put the triggers back."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(f"ALTER TABLE {SearchToken._meta.db_table} ADD PRIMARY KEY (token, patient_id)")
        for table in (Patient._meta.db_table, SearchToken._meta.db_table):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


def _drop_keys(cursor: Any) -> None:
    table = SearchToken._meta.db_table
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'f')", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _person(chance: Random, place: int) -> dict[str, Any]:
    family, given = chance.choice(family_names()), chance.choice(given_names(Sex.FEMALE))
    born = date(1935, 1, 1) + timedelta(days=chance.randrange(32_000))
    return {
        "id": id_at(now() - timedelta(seconds=3_000_000 - place)),
        "mrn": f"M{place:07d}",
        "family_name": family.latin,
        "given_name": given.latin,
        "native_family_name": family.native,
        "native_given_name": given.native,
        "birth_date": born,
        "phone": phone(chance),
    }


def _template(by: User, family: Family) -> dict[str, Any]:
    """Every other column, as an empty patient has it."""
    blank = Patient(
        sex=Sex.FEMALE, birth_date_precision=Precision.DAY, preferred_language="km", family=family, registered_by=by
    )
    return {
        field.column: getattr(blank, field.attname)
        for field in Patient._meta.concrete_fields
        if field.attname not in {"id", "mrn", *ENCRYPTED}
    }


def _copy_patients(cursor: Any, people: list[dict[str, Any]], template: dict[str, Any]) -> None:
    fields = [(field.attname, field) for field in encrypted_fields(Patient) if field.attname in ENCRYPTED]
    columns = ["id", "mrn", *(name for name, _field in fields), *template]
    moment = now()
    rest = [moment if name == "updated_at" and value is None else value for name, value in template.items()]
    lines = []
    for one in people:
        held = Patient(pk=one["id"])
        sealed = [str(field._seal(one[name], held)) for name, field in fields]
        lines.append([one["id"], one["mrn"], *sealed, *rest])
    _copy(cursor, Patient._meta.db_table, columns, lines)


def _copy_tokens(cursor: Any, people: list[dict[str, Any]]) -> None:
    lines = [(token, one["id"]) for one in people for token in _tokens(one)]
    _copy(cursor, SearchToken._meta.db_table, ["token", "patient_id"], lines)


def _copy(cursor: Any, table: str, columns: list[str], lines: list[Any]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def _tokens(one: dict[str, Any]) -> Iterator[int]:
    names = tuple(one[name] for name in ENCRYPTED[:4])
    found = {*_tokens_of_name(names), *_tokens_of_year(names, one["birth_date"].year)}
    return iter(found | set(tokens._phone_tokens(one["phone"])))


@cache
def _tokens_of_name(names: tuple[str, ...]) -> frozenset[int]:
    person = Patient(**dict(zip(ENCRYPTED[:4], names, strict=True)))
    return frozenset(token for word in tokens.searched_words(person) for token in tokens._word_tokens(word))


@cache
def _tokens_of_year(names: tuple[str, ...], year: int) -> frozenset[int]:
    person = Patient(**dict(zip(ENCRYPTED[:4], names, strict=True)))
    return frozenset(tokens.name_and_year_tokens(person, [year]))


def figures() -> list[str]:
    """Search by every way of typing; milliseconds of the whole query, patients' names opened as the page does."""
    with schema_context(SCHEMA):
        reader = User.objects.order_by("pk").first()
        people, indexed = Patient.objects.count(), _estimate()
        lines = [f"{people:,} patients, about {indexed:,} rows in the index"]
        for way, texts in _typed(_some(TEXTS)).items():
            lines.append(f"{way:<28} {_timed(reader, texts)}")
    return lines


def _estimate() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [SearchToken._meta.db_table])
        return cursor.fetchone()[0]


def _some(number: int) -> list[Patient]:
    chance = Random(5)  # noqa: S311
    keys: list[UUID] = list(Patient.objects.values_list("pk", flat=True))
    return list(Patient.objects.filter(pk__in=chance.sample(keys, min(number, len(keys)))))


def _typed(people: list[Patient]) -> dict[str, list[str]]:
    return {
        "two letters": [one.family_name[:2] for one in people],
        "family name": [one.family_name for one in people],
        "both names": [f"{one.given_name} {one.family_name}" for one in people],
        "both beginnings": [f"{one.family_name[:3]} {one.given_name[:3]}" for one in people],
        "Khmer script": [f"{one.native_family_name} {one.native_given_name}" for one in people],
        "misspelt": [f"{one.family_name}n {one.given_name[:4]}" for one in people],
        "last six digits of a phone": [one.phone[-6:] for one in people],
        "record number": [one.mrn for one in people],
    }


def _timed(reader: User, texts: list[str]) -> str:
    for text in texts[:20]:
        search_patients(reader, text)
    times, found = [], 0
    for text in texts:
        began = time.perf_counter()
        found += bool([one.full_name for one in search_patients(reader, text)])
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    return f"p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   found something {found} of {len(texts)}"
