"""Rules of unusual reading stay within their limits whoever writes them: none is set so high that nothing is seen."""

from django.db import migrations

LIMITS = """
    ALTER TABLE core_preference ADD CONSTRAINT oversight_rules_within_limits CHECK (CASE
        WHEN key = 'oversight.many_patients' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 5 AND 1000
        WHEN key = 'oversight.department_patients'
            THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 1 AND 1000
        WHEN key IN ('oversight.day_begins', 'oversight.day_ends')
            THEN value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$'
        WHEN key LIKE 'oversight.%' THEN jsonb_typeof(value) = 'boolean'
        ELSE true END)
"""


class Migration(migrations.Migration):
    dependencies = [("oversight", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [(LIMITS, None)], "ALTER TABLE core_preference DROP CONSTRAINT oversight_rules_within_limits"
        ),
    ]
