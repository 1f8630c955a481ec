"""What somebody with the password of the tables' owner could do: change what the triggers keep."""

import psycopg
from django.conf import settings


def as_owner(*statements: str, tables: tuple[str, ...]) -> None:
    """Run statements in Samaki's schema with the triggers of these tables off; for `committed_db`."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("SET search_path = samaki, public")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            owner.execute(statement)
