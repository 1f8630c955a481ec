"""The hospital's rules of access stay within their limits whoever writes them: a glass is open for an hour at most."""

from django.db import migrations

LIMITS = """
    ALTER TABLE core_preference ADD CONSTRAINT patients_access_within_limits CHECK (CASE key
        WHEN 'patients.glass_minutes' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 5 AND 60
        WHEN 'patients.treating_days' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 0 AND 365
        WHEN 'patients.department_treats' THEN jsonb_typeof(value) = 'boolean'
        ELSE true END)
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_consents"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [(LIMITS, None)], "ALTER TABLE core_preference DROP CONSTRAINT patients_access_within_limits"
        ),
    ]
