"""A record of the trail in words: each field's label, what it was and what it became.

Encrypted values are opened only for those who may see the record they belong to; the others read that it changed.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Branch, Department, Role, Room, User
from audit.models import Record
from core import crypto
from core.fields import EncryptedMixin
from hospitals.models import Hospital, Plan
from oversight.queries.subjects import may_read, models_by_table
from oversight.words import detail_in_words, event_in_words, field_in_words, page_in_words
from patients.models import Patient, Visit

HIDDEN = "[hidden]"
LONGEST = 2_000
# Whose own words name nobody: other rows are shown by the end of their number.
NAMED: tuple[type[models.Model], ...] = (Branch, Department, Role, Room, User, Patient, Visit, Hospital, Plan)
MACHINERY = {"id", "created_at", "updated_at", "version"}


@dataclass(frozen=True)
class Line:
    """One field: its label, its value before and after in words; ``closed`` when the reader may not see them."""

    label: str
    before: str
    after: str
    closed: bool = False


def difference(record: Record, user: Any) -> list[Line]:
    """The fields of a record, as this person may read them; also when the row or its table no longer exists."""
    before, after = record.before or {}, record.after or {}
    model = models_by_table().get(record.table_name)
    if record.kind not in {"insert", "update", "delete"}:
        return [Line(detail_in_words(name), "", _detail(name, after[name])) for name in sorted(after)]
    if model is None:  # a table that no longer exists
        return [Line(name, _plain(before.get(name)), _plain(after.get(name))) for name in sorted({*before, *after})]
    fields = {field.column: field for field in model._meta.concrete_fields}
    is_open = _has_encrypted(fields, {*before, *after}) and may_read(user, record)
    names = [column for column in fields if column in before or column in after]
    names += sorted({*before, *after} - fields.keys())  # columns of an earlier version
    if record.kind != "update":
        names = [name for name in names if name not in MACHINERY]
    return [_line(fields.get(name), name, record, is_open) for name in names]


def _detail(name: str, value: Any) -> str:
    """What was noted beside a reading or an event; pages and events by their names."""
    if name == "page":
        return page_in_words(str(value))
    if name == "hospital":
        return _named(Hospital, value)
    return event_in_words(str(value)) if name == "event" else _plain(value)


def _has_encrypted(fields: dict[str, Any], names: set[str]) -> bool:
    return any(isinstance(fields.get(name), EncryptedMixin) for name in names)


def _line(field: Any, name: str, record: Record, is_open: bool) -> Line:
    before, after = (record.before or {}).get(name), (record.after or {}).get(name)
    if field is None:
        return Line(name.replace("_", " "), _plain(before), _plain(after))
    closed = isinstance(field, EncryptedMixin) and not is_open
    values = [_in_words(field, value, record, is_open) for value in (before, after)]
    return Line(field_in_words(field), values[0], values[1], closed)


def _in_words(field: Any, value: Any, record: Record, is_open: bool) -> str:
    if value is None or value == "":
        return ""
    if value == HIDDEN:
        return _("kept secret")
    if isinstance(field, EncryptedMixin):
        return _opened(field, value, record) if is_open else _("changed")
    if isinstance(field, models.ForeignKey):
        return _named(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain(value, field)


def _opened(field: Any, token: str, record: Record) -> str:
    try:
        plain = field.deserialise(crypto.decrypt(token, aad=field.aad_of(record.row_id)).decode())
    except (crypto.TamperedCiphertext, crypto.MissingKey, ValueError):
        return _("does not open")
    if field.choices:
        return str(dict(field.flatchoices).get(plain, plain))
    return _plain(plain, field)


def _named(model: Any, key: Any) -> str:
    if model in NAMED:
        row = model._default_manager.filter(pk=key).first()
        if row is not None:
            return str(row)
    return f"…{str(key)[-8:]}"


def _plain(value: Any, field: Any = None) -> str:
    """A plain value for people: dates as everywhere, yes and no, lists with commas."""
    match value:
        case None:
            return ""
        case bool():
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        case datetime.datetime():
            return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        case datetime.date():
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        case list():
            return ", ".join(_plain(one) for one in value)
        case dict():
            return ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return _plain(moment)
    if isinstance(field, models.DateField) and (day := parse_date(str(value))):
        return _plain(day)
    if isinstance(field, models.BinaryField):
        return _("changed")
    return str(value)[:LONGEST]
