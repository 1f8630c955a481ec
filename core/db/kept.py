"""Queries that every page asks, put together once: to compose a statement costs Django more than to run it."""

import copy
import functools
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Lookup, QuerySet, UUIDField
from django.db.transaction import TransactionManagementError
from django.utils.translation import get_language

Row = TypeVar("Row")
# What the making of rows asks of a query and its queryset; the last two are modeltranslation's.
_OF_QUERY = ("selected", "extra_select", "values_select", "annotation_select")
_OF_QUERYSET = ("model", "original_fields", "translation_fields")


@UUIDField.register_lookup
class AnyOf(Lookup):
    """``id__any=ids``: one of these, however many there are; the statement is the same for each number."""

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, values = self.process_lhs(compiler, connection)
        right, ids = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right}::uuid[])", (*values, *ids)


class Kept(Generic[Row]):
    """A function that makes a query of its arguments, called once for each shape; afterwards only the values change.

    Positional arguments are values: ids, lists of ids, days, moments, texts. The function gets stand-ins for them, so
    it can do nothing but put them into the query. Arguments by name are part of the shape and given as they are; few
    different ones may come. Nothing of a row, a person or a hospital is kept: tables are named without their schema.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self.make = make
        self.known: dict[Any, _Statement] = {}
        functools.update_wrapper(self, make)

    def __call__(self, *values: Any, **shape: Any) -> list[Row]:
        """The rows, read now."""
        values = tuple(map(_plain, values))
        key = (get_language(), *map(type, values), *shape.items())  # translated fields are chosen by the language
        statement = self.known.get(key)
        if statement is None:
            statement = self.known[key] = _Statement(self.make, values, shape)
        return statement.rows(values)

    def first(self, *values: Any, **shape: Any) -> Row | None:
        """The first row, or None; the function itself says which is first and ends with ``[:1]``."""
        return next(iter(self(*values, **shape)), None)


kept = Kept


class _Statement:
    """One shape of a query: SQL, where each value goes, and how a row becomes what the query yields."""

    def __init__(self, make: Callable[..., QuerySet], values: Sequence[Any], shape: dict[str, Any]) -> None:
        stand_ins = [_stand_in(value, place) for place, value in enumerate(values, 1)]
        queryset: Any = make(*stand_ins, **shape)
        self.iterable: Any = queryset._iterable_class
        self.of_query = {name: getattr(queryset.query, name) for name in _OF_QUERY}
        self.of_queryset = {name: getattr(queryset, name) for name in _OF_QUERYSET if hasattr(queryset, name)}
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, parameters = self.compiler.as_sql()
        self.parameters = [(_place(one, stand_ins), one) for one in parameters]
        missing = set(range(len(values))) - {place for place, _one in self.parameters}
        if missing or queryset._prefetch_related_lookups:
            raise ValueError(f"{make.__qualname__}: values {sorted(missing)} are missing in its SQL, or it prefetches")
        self.locks = queryset.query.select_for_update
        fields = [column[0] for column in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(fields)

    def rows(self, values: Sequence[Any]) -> list[Any]:
        compiler: Any = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.get_converters = lambda fields: self.converters
        compiler.execute_sql = lambda *args, **kwargs: [self._fetched(compiler.connection, values)]
        query = SimpleNamespace(**self.of_query, get_compiler=lambda *args, **kwargs: compiler)
        asked = SimpleNamespace(**self.of_queryset, query=query, db=DEFAULT_DB_ALIAS, _known_related_objects={})
        return list(self.iterable(asked))

    def _fetched(self, connection: Any, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A row is locked inside a transaction")
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [one if place is None else values[place] for place, one in self.parameters])
            return cursor.fetchall()


def _plain(value: Any) -> Any:
    """Lists as lists, a choice as its text."""
    if isinstance(value, list | tuple | set):
        return list(value)
    return str(value) if isinstance(value, str) else value


def _stand_in(value: Any, place: int) -> Any:
    """A value of the same kind that no query of ours holds by itself."""
    if isinstance(value, UUID):
        return UUID(int=place)
    if isinstance(value, datetime):
        return datetime(1901, 1, 1, tzinfo=UTC) + timedelta(days=place)
    if isinstance(value, date):
        return date(1901, 1, 1) + timedelta(days=place)
    if isinstance(value, list):
        return [UUID(int=place)]
    if isinstance(value, str):
        return f"\ue000{place}\ue001"
    raise TypeError(f"{type(value).__name__} is no kind of value that changes in a query that is kept")


def _place(parameter: Any, stand_ins: Sequence[Any]) -> int | None:
    found = (place for place, one in enumerate(stand_ins) if type(one) is type(parameter) and one == parameter)
    return next(found, None)
