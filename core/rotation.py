"""Renewing a hospital's encryption key: from now on the new key, and what was encrypted before is encrypted anew.

It goes on while others write. A batch of rows is locked, skipping what somebody else holds, and each value is replaced
only where it still stands. What was skipped, and what a process wrote that had not yet heard of the new key, is found
by the next pass. Rows that may never change (append-only tables, signed notes, issued invoices) keep their ciphertext:
its version says which key opens it, and no key is ever deleted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.core.files.storage import storages
from django.db import IntegrityError, connection, models, transaction

from core import crypto
from core.fields import EncryptedMixin
from core.models import AppendOnly, StoredFile
from core.storage import EncryptedStorage

BATCH = 200


@dataclass
class Renewal:
    """What one pass over a table did: values encrypted anew, rows that may not change, rows somebody else held."""

    renewed: int = 0
    frozen: int = 0
    held: int = 0

    def __iadd__(self, other: "Renewal") -> "Renewal":
        self.renewed += other.renewed
        self.frozen += other.frozen
        self.held += other.held
        return self


def encrypted_models() -> list[type[models.Model]]:
    """Return the models of the hospital's schema with encrypted columns whose rows may change."""
    tables = set(connection.introspection.table_names())
    return [
        model
        for model in apps.get_models()
        if encrypted_fields(model) and model._meta.db_table in tables and not issubclass(model, AppendOnly)
    ]


def encrypted_fields(model: type[models.Model]) -> list[EncryptedMixin]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedMixin)]


def models_of_files() -> list[type[models.Model]]:
    """Return the models whose rows name a file in storage."""
    return [model for model in apps.get_models() if issubclass(model, StoredFile)]


def renew_rows(model: type[models.Model], progress: Callable[[Renewal], None] = lambda so_far: None) -> Renewal:
    """Encrypt with the active key what another version encrypted, a batch a transaction; say how far after each."""
    total = Renewal()
    for pks in _batches(model):
        total += _renew_batch(model, pks)
        progress(total)
    return total


def renew_files(model: type[models.Model]) -> int:
    """Encrypt with the active key the files of a table of files; return how many were renewed."""
    storage = cast(EncryptedStorage, storages["default"])
    names = model._base_manager.order_by("pk").values_list("name", flat=True)
    outdated = [name for name in names.iterator(BATCH) if not storage.is_current(name)]
    for name in outdated:
        storage.renew(name)
    return len(outdated)


def _batches(model: type[models.Model]) -> Iterator[list[Any]]:
    """Keys of rows with an outdated ciphertext, in their order; each batch is looked for when it is its turn."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    current = crypto.current_prefix()
    outdated = " OR ".join(
        f"({column} <> '' AND NOT starts_with({column}, %s))"
        for column in (quote(str(field.column)) for field in encrypted_fields(model))
    )
    last: Any = None
    while True:
        after, values = (f"{key} > %s AND ", [last]) if last is not None else ("", [])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key} FROM {table} WHERE {after}({outdated}) ORDER BY {key} LIMIT {BATCH}",
                [*values, *[current] * len(encrypted_fields(model))],
            )
            pks = [row[0] for row in cursor.fetchall()]
        if not pks:
            return
        yield pks
        last = pks[-1]


def _renew_batch(model: type[models.Model], pks: list[Any]) -> Renewal:
    """Lock what is free of a batch and renew it; a row whose guard refuses is left as it is."""
    columns = [str(field.column) for field in encrypted_fields(model)]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    done = Renewal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {', '.join(map(quote, columns))} FROM {table} WHERE {key} = ANY(%s) "
            f"ORDER BY {key} FOR NO KEY UPDATE SKIP LOCKED",
            [pks],
        )
        rows = cursor.fetchall()
        done.held = len(pks) - len(rows)
        for pk, *tokens in rows:
            try:
                with transaction.atomic():
                    done.renewed += _renew_row(model, pk, dict(zip(columns, tokens, strict=True)))
            except IntegrityError:  # a guard of the table: this row is as it was signed, verified or issued
                done.frozen += 1
    return done


def _renew_row(model: type[models.Model], pk: Any, tokens: dict[str, str | None]) -> int:
    fresh = {
        field: _renewed(field, pk, token)
        for field in encrypted_fields(model)
        if (token := tokens[str(field.column)]) and not crypto.is_current(token)
    }
    if not fresh:
        return 0
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in fresh)
    same = " AND ".join(f"{quote(str(field.column))} = %s" for field in fresh)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} SET {sets} "
            f"WHERE {quote(str(model._meta.pk.column))} = %s AND {same}",
            [*fresh.values(), pk, *(tokens[str(field.column)] for field in fresh)],
        )
        return len(fresh) * cursor.rowcount


def _renewed(field: EncryptedMixin, pk: UUID | int | str, token: str) -> str:
    aad = field.aad_of(pk)
    return crypto.encrypt(crypto.decrypt(token, aad=aad), aad=aad)
