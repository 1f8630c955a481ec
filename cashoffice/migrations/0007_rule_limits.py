"""Limits of vouchers and differences stay within their bounds whoever writes them."""

from django.db import migrations

LIMITS = """
    ALTER TABLE core_preference ADD CONSTRAINT cashoffice_rules_within_limits CHECK (CASE
        WHEN key IN ('cashoffice.variance_limit_usd', 'cashoffice.voucher_limit_usd')
            THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 0 AND 100000
        WHEN key = 'billing.blind_count' THEN jsonb_typeof(value) = 'boolean'
        ELSE true END)
"""


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0006_closing_guards"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [(LIMITS, None)], "ALTER TABLE core_preference DROP CONSTRAINT cashoffice_rules_within_limits"
        ),
    ]
