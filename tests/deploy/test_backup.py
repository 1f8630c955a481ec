"""A backup that was never restored is a hope."""

import subprocess

from deploy.local.postgres import OWNER

COUNTS = """
    SELECT format('SELECT %L, count(*) FROM %I.%I', schemaname || '.' || tablename, schemaname, tablename)
    FROM pg_tables WHERE schemaname IN ('public', 'samaki', 'royal') ORDER BY 1
"""


def _counts(server, database: str) -> str:
    statements = server.sql(COUNTS, database).splitlines()
    return server.sql(" UNION ALL ".join(statements) + " ORDER BY 1", database)


def _triggers(server, database: str) -> str:
    return server.sql(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
        database,
    )


def test_a_dump_restores_every_row_trigger_and_right(databases, tmp_path):
    server, restored = databases.server, "suite_restored"
    with databases.copy("dumped") as name:
        dump = tmp_path / "hospitals.dump"
        subprocess.run([server.program("pg_dump"), "-Fc", "-f", str(dump), server.url("postgres", name)], check=True)
        server.sql(f'CREATE DATABASE "{restored}" OWNER "{OWNER}" TEMPLATE template0')
        try:
            target = server.url("postgres", restored)
            subprocess.run([server.program("pg_restore"), "--exit-on-error", "-d", target, str(dump)], check=True)
            assert _counts(server, restored) == _counts(server, name)
            assert _triggers(server, restored) == _triggers(server, name)
            refused = "SELECT has_table_privilege('ihospita_app', 'samaki.audit_record', 'DELETE')"
            assert server.sql(refused, restored) == "f"
        finally:
            databases.drop(restored)
