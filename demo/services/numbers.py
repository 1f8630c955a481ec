"""Running numbers and keys for rows that are written in bulk."""

import uuid
from datetime import datetime

import uuid_utils.compat
from django.db import connection


def take_numbers(key: str, count: int) -> int:
    """Take ``count`` running numbers of a series at once and return the first; rolled back with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (key, value) VALUES (%s, %s) "
            "ON CONFLICT (key) DO UPDATE SET value = core_counter.value + %s RETURNING value",
            [key, count, count],
        )
        return cursor.fetchone()[0] - count + 1


def id_at(moment: datetime) -> uuid.UUID:
    """A UUIDv7 of a past moment: lists that are ordered by key show invented history where it belongs."""
    nanoseconds = int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000
    return uuid_utils.compat.uuid7(nanoseconds=nanoseconds)
