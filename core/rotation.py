"""Renewing a hospital's encryption key: from now on the new key, and what was encrypted before is encrypted anew.

Rows that may never change keep their old ciphertext, and the old key stays to read them.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.core.files.storage import storages
from django.db import connection, models

from core import crypto
from core.fields import EncryptedMixin
from core.models import AppendOnly, StoredFile
from core.storage import EncryptedStorage

BATCH = 500


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


def renew_rows(model: type[models.Model]) -> int:
    """Encrypt with the active key what another version encrypted; return how many values were renewed.

    Each value is replaced only where it still stands: a row saved meanwhile has the new key already.
    """
    return sum(_renew(field, pk, token) for field in encrypted_fields(model) for pk, token in _outdated(field))


def renew_files(model: type[models.Model]) -> int:
    """Encrypt with the active key the files of a table of files; return how many were renewed."""
    storage = cast(EncryptedStorage, storages["default"])
    names = model._base_manager.order_by("pk").values_list("name", flat=True)
    outdated = [name for name in names.iterator(BATCH) if not storage.is_current(name)]
    for name in outdated:
        storage.renew(name)
    return len(outdated)


def _outdated(field: EncryptedMixin) -> Iterator[tuple[Any, str]]:
    rows = field.model._base_manager.order_by().values_list("pk", field.attname)
    # read first, then write: a server-side cursor would have to stay in one transaction with all the writing
    tokens = [(pk, str(token)) for pk, token in rows.iterator(BATCH) if token and not crypto.is_current(token)]
    yield from tokens


def _renew(field: EncryptedMixin, pk: Any, token: str) -> int:
    aad = field.aad_of(pk)
    renewed = crypto.encrypt(crypto.decrypt(token, aad=aad), aad=aad)
    quote = connection.ops.quote_name
    table, column, key = field.model._meta.db_table, str(field.column), str(field.model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(table)} SET {quote(column)} = %s WHERE {quote(key)} = %s AND {quote(column)} = %s",
            [renewed, pk, token],
        )
        return cursor.rowcount
