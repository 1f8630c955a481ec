"""Rules of signing in stay within their limits whoever writes them."""

from django.db import migrations

LIMITS = """
    ALTER TABLE core_preference ADD CONSTRAINT accounts_policy_within_limits CHECK (CASE key
        WHEN 'accounts.password_length' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 10 AND 64
        WHEN 'accounts.idle_minutes' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 5 AND 1440
        WHEN 'accounts.session_hours' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 1 AND 24
        WHEN 'accounts.email_codes' THEN jsonb_typeof(value) = 'boolean'
        ELSE true END)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_email_codes"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [(LIMITS, None)], "ALTER TABLE core_preference DROP CONSTRAINT accounts_policy_within_limits"
        ),
    ]
