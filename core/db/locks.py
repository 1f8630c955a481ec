"""Locks by a name, for what has no row of its own to lock."""

from django.db import connection


def take_turns(name: str) -> None:
    """Whoever asks for the same name in this hospital waits until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{connection.schema_name}.{name}"])
