"""Lists that fetch what they show and no more."""

from collections.abc import Iterator
from functools import cache
from typing import TypeVar, cast

from django.db.models import Model, QuerySet
from modeltranslation.utils import get_translation_fields

Row = TypeVar("Row", bound=Model)


def showing(rows: QuerySet[Row], *paths: str) -> QuerySet[Row]:
    """Fetch only these fields, joined rows' as ``patient__mrn``; a translated field comes in every language.

    A row of a list that joins nine wide tables costs the planner, the wire and the models many times what the list
    shows. A field that was forgotten here is read when it is asked for, one statement a row: a list that uses this has
    a test that counts its statements.
    """
    fields, joined = _fields(rows.model, paths)
    rows = rows.select_related(None)
    return (rows.select_related(*joined) if joined else rows).only(*fields)


@cache
def _fields(model: type[Model], paths: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fields = tuple(field for path in paths for field in _languages(model, path))
    joined = dict.fromkeys(path.rpartition("__")[0] for path in paths if "__" in path)
    return fields, tuple(joined)


def _languages(model: type[Model], path: str) -> Iterator[str]:
    *steps, name = path.split("__")
    for step in steps:
        model = cast(type[Model], model._meta.get_field(step).related_model)
    names = get_translation_fields(name) if name in _translated(model) else [name]
    return ("__".join([*steps, one]) for one in names)


def _translated(model: type[Model]) -> set[str]:
    from modeltranslation.translator import NotRegistered, translator

    try:
        return set(translator.get_options_for_model(model).all_fields)
    except NotRegistered:
        return set()
