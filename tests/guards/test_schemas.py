"""Every hospital's schema is whole, trailed and out of the application's power to change."""

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import ProgrammingError, connection

from audit.registry import APPEND_ONLY, NOT_TRAILED

HOSPITALS = ("samaki", "royal")


def rows(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables(schema: str) -> set[str]:
    return {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = %s", schema)}


def expected(apps_of_schema: list[str]) -> set[str]:
    """Tables of these apps, many-to-many tables included."""
    names = {AppConfig.create(entry).name for entry in apps_of_schema}
    labels = {config.label for config in apps.get_app_configs() if config.name in names}
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]
    return {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}


@pytest.mark.parametrize("schema", HOSPITALS)
def test_a_hospital_has_all_its_tables_and_no_others(schema, samaki):
    """A missing one would be answered from the public schema: the search path ends there."""
    assert tables(schema) == {*expected(settings.TENANT_APPS), "django_migrations"}


def test_the_public_schema_holds_no_table_of_a_department(samaki):
    assert tables("public") == {*expected(settings.SHARED_APPS), "django_migrations"}


def test_both_hospitals_ran_the_same_migrations(samaki):
    ran = [set(rows(f'SELECT app, name FROM "{schema}".django_migrations')) for schema in HOSPITALS]
    assert ran[0] == ran[1]


@pytest.mark.parametrize("schema", [*HOSPITALS, "public"])
def test_every_table_is_trailed_by_triggers_that_cannot_be_switched_off(schema, samaki):
    trailed = {
        table
        for table, kind in rows(
            "SELECT c.relname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND t.tgname = 'audit_row'",
            schema,
        )
        if kind == "A"
    }
    assert tables(schema) - trailed - set(NOT_TRAILED) == set()


@pytest.mark.parametrize("schema", HOSPITALS)
def test_append_only_tables_cannot_be_changed_by_the_application(schema, samaki):
    kept = sorted(APPEND_ONLY & tables(schema))
    assert kept
    for table in kept:
        for privilege in ("UPDATE", "DELETE", "TRUNCATE"):
            granted = rows("SELECT has_table_privilege(%s, %s, %s)", "ihospita_app", f'"{schema}"."{table}"', privilege)
            assert granted == [(False,)], f"{privilege} on {schema}.{table}"


def test_the_application_owns_nothing_and_is_nobody_special(samaki):
    owned = rows("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user")
    powers = rows(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert (owned, powers) == ([(0,)], [(False,)])


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE samaki.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE accounts_user DISABLE TRIGGER audit_row",
        "DROP TABLE accounts_user",
        "TRUNCATE accounts_user CASCADE",
        "SET session_replication_role = replica",
        "UPDATE django_migrations SET name = name",
    ],
)
def test_the_application_cannot_change_the_house(statement, samaki):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)
