"""What every record of a hospital has in common."""

import uuid
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import models
from django.utils.encoding import force_str

from core import clock
from core.errors import RecordChanged
from core.ids import new_id

Row = TypeVar("Row", bound="VersionedModel")


class TouchedAtField(models.DateTimeField):
    """The moment of the last save, by ``core.clock``."""

    def pre_save(self, model_instance: models.Model, add: bool) -> datetime:
        moment = clock.now()
        setattr(model_instance, self.attname, moment)
        return moment


class UUIDModel(models.Model):
    """A record with a UUIDv7 made in Python, and the moments it was made and last saved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = TouchedAtField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:
        """What ``get_<field>_display()`` says; the words are put together once, not for each row."""
        value = getattr(self, field.attname)
        return force_str(_words_of(field).get(value, value), strings_only=True)


@cache
def _words_of(field: Any) -> dict[Any, Any]:
    return dict(field.flatchoices)


class VersionedModel(UUIDModel):
    """A record that people edit in forms: a page that shows an old version cannot overwrite a newer one."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def touch_version(self) -> None:
        """Count one more version; the caller saves the record in the transaction that locked it (``lock_current``)."""
        self.version += 1


def lock_current(rows: type[Row] | models.QuerySet[Row], pk: uuid.UUID | str, version: int) -> Row:
    """Lock and return a row inside the caller's transaction.

    Raises the model's DoesNotExist, or RecordChanged when it is no longer at the ``version`` that the user had seen.
    """
    queryset = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    row = queryset.select_for_update(of=("self",)).get(pk=pk)
    if row.version != int(version):
        raise RecordChanged()
    return row


class AppendOnlyError(TypeError):
    """The program tried to change or delete a row that is only ever added."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model._meta.label} rows are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self.model._meta.label} rows are never deleted")


class AppendOnly(models.Model):
    """Marks a table whose rows are only added; ``audit.append_only`` gives it the guard that the database keeps."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self._meta.label} rows are never deleted")
