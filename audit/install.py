"""Puts triggers, functions and grants of the trail into one schema; runs after every migration and is repeatable."""

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit import sql
from audit.registry import APPEND_ONLY, FUNCTIONS, HIDDEN, NOT_TRAILED, READ_ONLY


def install(connection: BaseDatabaseWrapper) -> None:
    """Bring the connection's present schema up to date: a new table is trailed from its first row."""
    schema = connection.ops.quote_name(connection.schema_name)
    with connection.cursor() as cursor:
        _create_functions(cursor, schema)
        tables = _tables(cursor, connection.schema_name)
        for text in FUNCTIONS if "patients_patient" in tables else ():
            cursor.execute(text.replace("{schema}", schema))
        for table, key in tables.items():
            if table not in NOT_TRAILED:
                _trail(cursor, schema, table, key)
            if table in APPEND_ONLY:
                _freeze(cursor, schema, table)
        if _app_role_is_another(cursor):
            _grant(cursor, schema, connection.schema_name, tables)


def _create_functions(cursor: CursorWrapper, schema: str) -> None:
    for text in (sql.WRITE_TRIGGER, sql.NOTE_FUNCTION, sql.SEAL_FUNCTION, sql.APPEND_ONLY_FUNCTION):
        cursor.execute(text.replace("{schema}", schema))


def _tables(cursor: CursorWrapper, schema: str) -> dict[str, str]:
    """Return every ordinary table of the schema with its primary key's first column."""
    cursor.execute(
        """SELECT c.relname, coalesce((SELECT a.attname FROM pg_index i
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
               WHERE i.indrelid = c.oid AND i.indisprimary), 'id')
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY 1""",
        [schema],
    )
    return dict(cursor.fetchall())


def _trail(cursor: CursorWrapper, schema: str, table: str, key: str) -> None:
    arguments = ", ".join(f"'{column}'" for column in (key, *HIDDEN.get(table, ())))
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON {schema}."{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION {schema}.audit_write({arguments})"
    )
    cursor.execute(f'ALTER TABLE {schema}."{table}" ENABLE ALWAYS TRIGGER audit_row')


def _freeze(cursor: CursorWrapper, schema: str, table: str) -> None:
    for name, when in (("frozen_rows", "UPDATE OR DELETE"), ("frozen_table", "TRUNCATE")):
        level = "STATEMENT" if when == "TRUNCATE" else "ROW"
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {schema}."{table}" '
            f"FOR EACH {level} EXECUTE FUNCTION {schema}.audit_append_only()"
        )
        cursor.execute(f'ALTER TABLE {schema}."{table}" ENABLE ALWAYS TRIGGER {name}')


def _app_role_is_another(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s) AND current_user <> %s",
        [settings.DATABASE_APP_ROLE, settings.DATABASE_APP_ROLE],
    )
    return cursor.fetchone()[0]


def _grant(cursor: CursorWrapper, schema: str, schema_name: str, tables: dict[str, str]) -> None:
    role = f'"{settings.DATABASE_APP_ROLE}"'
    cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
    for table in sorted(APPEND_ONLY & tables.keys()):
        cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {schema}."{table}" FROM {role}')
    for table in sorted(READ_ONLY & tables.keys()):
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {schema}."{table}" FROM {role}')
    for table in ("audit_record", "audit_seal"):
        cursor.execute(f'REVOKE INSERT ON {schema}."{table}" FROM {role}')
    cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON {schema}."django_migrations" FROM {role}')
