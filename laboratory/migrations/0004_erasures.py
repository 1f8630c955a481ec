"""The guards let through what an approved erasure blanks (audit.sql, patients.sql)."""

from importlib import import_module

from django.db import migrations

from audit.sql import LET_ERASURES_PASS

GUARDS = import_module("laboratory.migrations.0002_guards").FUNCTIONS
NAMES = ["laboratory_guard_result"]


def _function(name: str) -> str:
    body = f"BEGIN {LET_ERASURES_PASS} {GUARDS[name]} END"
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$"


class Migration(migrations.Migration):
    dependencies = [("laboratory", "0003_orders_of_a_doctor")]
    operations = [
        # a parameter list, even an empty one, keeps percent signs as they are
        migrations.RunSQL([(_function(name), None)], migrations.RunSQL.noop)
        for name in NAMES
    ]
