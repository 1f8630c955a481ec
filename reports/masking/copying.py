"""Copies the rows of a hospital into another's schema, table by table, each value by its treatment; all or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any, cast

from django.db import connection, models
from django_tenants.utils import schema_context

from audit.install import install
from core import crypto
from core.fields import EncryptedMixin
from oversight.queries.subjects import way_to_patient
from patients.models import Patient, SearchToken
from patients.tokens import tokens_of
from reports.masking.declaration import COLUMNS, copied, treatment_of
from reports.masking.fictions import TREATMENTS, Cell, Fiction, as_json

BATCH = 1_000
PATIENTS = Patient._meta.db_table
Tell = Callable[[str], None]
Row = dict[str, str | None]
quote = connection.ops.quote_name


class Copier:
    """One copy from ``source`` to ``target``; both schemas stand, the target's tables are empty."""

    def __init__(self, source: str, target: str, fiction: Fiction, tell: Tell) -> None:
        self.source, self.target, self.fiction, self.tell = source, target, fiction, tell

    def copy_all(self) -> dict[str, int]:
        """Rows by table. To be called inside a transaction, as the tables' owner."""
        tables = copied()
        with _guards_asleep(self.target, [*tables, SearchToken._meta.db_table]):
            self._note_days_of_patients()
            found = {}
            for place, (table, model) in enumerate(tables.items(), start=1):
                found[table] = self._copy_table(table, model)
                self.tell(f"{place} of {len(tables)}: {table}, {found[table]:,} rows")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return found

    def _note_days_of_patients(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE masked_days (patient uuid PRIMARY KEY, days int) ON COMMIT DROP")
            cursor.execute(f"SELECT id::text FROM {quote(self.source)}.{quote(PATIENTS)}")
            rows = [(patient, self.fiction.days_of(patient)) for (patient,) in cursor.fetchall()]
            with cursor.copy("COPY masked_days FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def _copy_table(self, table: str, model: type[models.Model]) -> int:
        fields = [field for field in model._meta.concrete_fields if field.column]
        columns = ", ".join(quote(str(field.column)) for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {quote(self.target)}.{quote(table)}")
        done = 0
        for rows in self._batches(table, model, fields):
            lines = list(self._masked(table, fields, rows))
            tokens = self._tokens(rows, fields, lines) if table == PATIENTS else []
            with connection.cursor() as cursor:
                _write(cursor, f"{quote(self.target)}.{quote(table)} ({columns})", lines)
                _write(cursor, f"{quote(self.target)}.{quote(SearchToken._meta.db_table)} (token, patient_id)", tokens)
            done += len(rows)
        return done

    def _batches(self, table: str, model: type[models.Model], fields: list[models.Field]) -> Iterator[list[Row]]:
        join, patient = _joined_to_patient(self.source, model, way_to_patient(table))
        read = ", ".join([*(self._read(table, field) for field in fields), f"({patient})::text"])
        statement = f"""SELECT {read} FROM {quote(self.source)}.{quote(table)} t {join}
            LEFT JOIN masked_days d ON d.patient = {patient}"""
        names = [*(str(field.column) for field in fields), "_patient"]
        connection.ensure_connection()
        with connection.connection.cursor(name="masked") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            while rows := cursor.fetchmany(BATCH):
                yield [dict(zip(names, row, strict=True)) for row in rows]

    def _read(self, table: str, field: models.Field) -> str:
        column = f"t.{quote(str(field.column))}"
        if treatment_of(table, field) != "shift":
            return f"{column}::text"
        return f"({column} + ({self.fiction.days} + coalesce(d.days, 0)) * interval '1 day')::{_kind(field)}::text"

    def _masked(self, table: str, fields: list[models.Field], rows: list[Row]) -> Iterator[list[str | None]]:
        treatments = [(field, treatment_of(table, field)) for field in fields]
        with schema_context(self.source):  # opened first, with the source's keys
            opened = [
                {str(field.column): _plain(field, row) for field, _treatment in treatments if _is_worded(table, field)}
                for row in rows
            ]
        with schema_context(self.target):
            for row, plain in zip(rows, opened, strict=True):
                yield [self._value(table, field, treatment, row, plain) for field, treatment in treatments]

    def _value(
        self, table: str, field: models.Field, treatment: str | None, row: Row, plain: dict[str, Any]
    ) -> str | None:
        column = str(field.column)
        raw = row[column]
        if raw is None or raw == "" or treatment == "shift":
            return raw
        if treatment is None:
            raise LookupError(f"{table}.{column} is not classified (reports.masking.declaration)")
        subject = row["_patient"] or str(row.get("id"))
        cell = Cell(self.fiction, table, field, row, subject, partial(plain.get, column, raw))
        value = TREATMENTS[treatment](cell)
        if value is None or value == "":
            return value
        if not isinstance(field, EncryptedMixin):
            return value if isinstance(value, str) else as_json(value)
        key = self.fiction.with_ids(str(row["id"]))
        return crypto.encrypt(field.serialise(value).encode(), aad=field.aad_of(key))

    def _tokens(
        self, rows: list[Row], fields: list[models.Field], lines: list[list[str | None]]
    ) -> list[tuple[int, str]]:
        """The blind index of the new names and phones."""
        with schema_context(self.target):
            found = []
            for line in lines:
                patient = Patient.from_db(None, [field.attname for field in fields], line)
                found += [(token, str(patient.pk)) for token in tokens_of(_typed(patient))]
            return found


def _typed(patient: Patient) -> Patient:
    return Patient(
        id=patient.pk,
        family_name=_open(patient, "family_name"),
        given_name=_open(patient, "given_name"),
        native_family_name=_open(patient, "native_family_name"),
        native_given_name=_open(patient, "native_given_name"),
        phone=_open(patient, "phone"),
        phone_other=_open(patient, "phone_other"),
        birth_date=date.fromisoformat(_open(patient, "birth_date")),
    )


def _open(patient: Patient, name: str) -> str:
    token = patient.__dict__[name]
    field = cast(EncryptedMixin, Patient._meta.get_field(name))
    return crypto.decrypt(token, aad=field.aad_of(patient.pk)).decode() if token else ""


def _is_worded(table: str, field: models.Field) -> bool:
    return isinstance(field, EncryptedMixin) or str(field.column) in COLUMNS.get(table, {})


def _plain(field: models.Field, row: Row) -> Any:
    raw = row[str(field.column)]
    if not raw or not isinstance(field, EncryptedMixin):
        return raw
    return field.deserialise(crypto.decrypt(raw, aad=field.aad_of(row["id"])).decode())


def _kind(field: models.Field) -> str:
    return "timestamptz" if isinstance(field, models.DateTimeField) else "date"


def _joined_to_patient(source: str, model: type[models.Model], way: tuple[str, ...] | None) -> tuple[str, str]:
    """The joins that lead from a table (t) to its patient, and the expression of the patient's id; NULL without one."""
    if model._meta.db_table == PATIENTS:
        return "", "t.id"
    if not way:
        return "", "NULL::uuid"
    joins, here = [], "t"
    for place, name in enumerate(way[:-1]):
        field = model._meta.get_field(name)
        model = field.related_model  # type: ignore[assignment]
        there = f"j{place}"
        table = f"{quote(source)}.{quote(model._meta.db_table)}"
        joins.append(f"LEFT JOIN {table} {there} ON {there}.{model._meta.pk.column} = {here}.{quote(field.column)}")  # type: ignore[union-attr]
        here = there
    return " ".join(joins), f"{here}.{quote(str(model._meta.get_field(way[-1]).column))}"  # type: ignore[union-attr]


def _write(cursor: Any, into: str, lines: list[Any]) -> None:
    if lines:
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)


@contextmanager
def _guards_asleep(schema: str, tables: list[str]) -> Iterator[None]:
    """Triggers would judge a day's work that was judged when it was done, and put each row into the trail."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, g.tgname, g.tgenabled FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %s AND c.relname = ANY(%s) AND NOT g.tgisinternal AND g.tgenabled <> 'D'""",
            [schema, tables],
        )
        awake = cursor.fetchall()
        for table, trigger, _how in awake:
            cursor.execute(f"ALTER TABLE {quote(schema)}.{quote(table)} DISABLE TRIGGER {quote(trigger)}")
    yield
    with connection.cursor() as cursor:
        for table, trigger, how in awake:
            always = {"A": "ALWAYS ", "R": "REPLICA "}.get(how if isinstance(how, str) else how.decode(), "")
            cursor.execute(f"ALTER TABLE {quote(schema)}.{quote(table)} ENABLE {always}TRIGGER {quote(trigger)}")
    with schema_context(schema):
        install(connection)
