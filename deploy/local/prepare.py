"""Brings the database of the demo up to date, in one process: migrations, the platform's own rows, demo data.

Runs with the owner's role: ``USE_OWNER_ROLE=1 python -m deploy.local.prepare``.
"""

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate_schemas", interactive=False, verbosity=0)
    connection.set_schema_to_public()
    call_command("prepare_platform", verbosity=0)
    call_command("seed_demo", if_empty=True)


if __name__ == "__main__":
    main()
