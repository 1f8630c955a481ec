"""A hospital's own rules: declared by rooms with a default, answered by the hospital, read with one query a request."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from core.db import writing
from core.db.kept import kept
from core.errors import RecordChanged
from core.models import Preference

_READERS: dict[type, Callable[[Any], Any]] = {
    bool: lambda stored: stored,
    int: int,
    str: str,
    list: list,
    Decimal: Decimal,
    date: date.fromisoformat,
    time: time.fromisoformat,
}
_TEXTS = (Decimal, date, time)  # JSON has no such kinds: they are stored as text


@dataclass(frozen=True, slots=True)
class Declared:
    """One rule that a hospital may set: its kind, default and label; choices, bounds or check of a new value."""

    key: str
    default: Any
    label: str | Promise
    kind: type
    help: str | Promise = ""
    choices: tuple[tuple[Any, str | Promise], ...] = ()
    least: Any = None
    most: Any = None
    check: Callable[[Any], None] | None = None

    @property
    def room(self) -> str:
        return self.key.partition(".")[0]

    def refuse(self, value: Any) -> None:
        """Raise ValidationError for a value of another kind, outside the bounds, or not among the choices."""
        if type(value) is not self.kind:
            raise ValidationError(_("Enter a valid value."), code="kind")
        if self.choices and value not in [choice for choice, _label in self.choices]:
            raise ValidationError(_("Choose one of the available values."), code="choice")
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise ValidationError(_("The value is outside the allowed range."), code="range")
        if self.check:
            self.check(value)


_declared: dict[str, Declared] = {}
_answers: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("preferences", default=None)


def declare(key: str, *, default: Any, label: str | Promise, kind: type | None = None, **options: Any) -> Declared:
    """Make a preference known: ``<room>.<name>``, of kind bool, int, str, list, Decimal, date or time.

    Further options: ``help``, ``choices``, ``least``, ``most`` and ``check(value)``, which raises ValidationError.
    """
    one = Declared(key=key, default=default, label=label, kind=kind or type(default), **options)
    if key in _declared or "." not in key or one.kind not in _READERS:
        raise ValueError(f"Preference {key}: declared twice, without a room, or of an unknown kind")
    one.refuse(default)
    _declared[key] = one
    return one


def declared(room: str | None = None) -> list[Declared]:
    """Return the declared preferences of one room or of all, in the order of their keys."""
    return [one for key, one in sorted(_declared.items()) if room in (None, one.room)]


def preference(key: str) -> Any:
    """Return the hospital's value, else the declared default. KeyError for a key that no room declared."""
    one = _declared[key]
    answers = _of_this_hospital()
    return _READERS[one.kind](answers[key]) if key in answers else one.default


def set_preference(key: str, value: Any, *, by: Any) -> None:
    """Store the hospital's value. Raises ValidationError when the value does not fit the declaration."""
    one = _declared[key]
    one.refuse(value)
    stored = str(value) if one.kind in _TEXTS else value
    facts = {"value": stored, "updated_at": clock.now(), "updated_by": str(by.pk)}
    Preference.objects.update_or_create(key=key, defaults=facts)
    forget()


@transaction.atomic
def change_preferences(answers: Mapping[str, Any], *, reason: str, seen: str, by: Any) -> None:
    """Store the answers that differ from those in force; the trail keeps before, after and the reason.

    ``seen`` is the mark of the answers the page showed. Changes come one after another, so that none is lost. Raises
    RecordChanged where somebody stored others meanwhile, ValidationError where one does not fit.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_preference IN SHARE ROW EXCLUSIVE MODE")
    if mark_of(answers) != seen:
        raise RecordChanged()
    with writing.context(reason=reason):
        for key, value in answers.items():
            if preference(key) != value:
                set_preference(key, value, by=by)


def mark_of(keys: Iterable[str]) -> str:
    """Stands for the answers in force now, asked anew."""
    forget()
    text = json.dumps({key: preference(key) for key in keys}, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextlib.contextmanager
def remembered() -> Iterator[None]:
    """Ask the database once within the block: around every request, by the middleware."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def forget() -> None:
    """Ask the database again, for the schema in use."""
    if (kept := _answers.get()) is not None:
        kept.pop(connection.schema_name, None)


def _of_this_hospital() -> dict[str, Any]:
    kept = _answers.get()
    schema = connection.schema_name  # a request of the console may visit several hospitals
    if kept is not None and schema in kept:
        return kept[schema]
    answers = dict(_stored())
    if kept is not None:
        kept[schema] = answers
    return answers


@kept
def _stored() -> QuerySet:
    return Preference.objects.values_list("key", "value")
