"""The state of a whole schema in one line each table: equal digests mean that nothing was written there."""

from django.db import connection


def digest(schema: str) -> dict[str, str]:
    """Table and a hash over its rows, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"""SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))
                FROM "{schema}"."{table}" AS t""")
            found[table] = cursor.fetchone()[0]
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Tables whose rows differ."""
    return {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}
