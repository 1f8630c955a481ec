"""Running numbers without gaps and without repeats."""

from django.db import connection

_NEXT = """
    INSERT INTO core_counter (key, value) VALUES (%s, 1)
    ON CONFLICT (key) DO UPDATE SET value = core_counter.value + 1
    RETURNING value
"""


def next_number(key: str) -> int:
    """Return the next number of a series, beginning with 1.

    The series' row stays locked until the caller's transaction ends: a rollback gives the number back, so there are no
    gaps, and whoever else wants one waits. Take it late in the transaction. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is taken inside the transaction that uses it")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [key])
        return cursor.fetchone()[0]
