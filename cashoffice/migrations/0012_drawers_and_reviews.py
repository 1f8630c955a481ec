"""Nobody pays out of a drawer what is promised to another, nor reviews the difference of a drawer they counted."""

from importlib import import_module

from django.db import migrations

GUARDS = import_module("cashoffice.migrations.0002_guards")
REPORTS = import_module("cashoffice.migrations.0004_report_guards")

# At commit: after money was paid out of a drawer it still holds what is promised to others. Vouchers and transfers are
# looked at when they are written; change follows what was received.
CHECK_DRAWER = f"""
CREATE FUNCTION cashoffice_check_drawer() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE pays_out boolean; has_usd numeric; has_khr numeric;
BEGIN
    EXECUTE format('SELECT a.key = ''drawer'' AND e.kind IN (''refund'', ''deposit_refunded'', ''fees_paid'')
                    FROM %1$I.billing_account a, %1$I.billing_entry e WHERE a.id = $1 AND e.id = $2', TG_TABLE_SCHEMA)
        INTO pays_out USING NEW.account_id, NEW.entry_id;
    IF pays_out THEN
        EXECUTE format('{GUARDS.LYING}', TG_TABLE_SCHEMA) INTO has_usd, has_khr USING NEW.shift_id;
        IF (NEW.currency = 'USD' AND has_usd < 0) OR (NEW.currency = 'KHR' AND has_khr < 0) THEN
            RAISE EXCEPTION 'more is paid out than lies in the drawer' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END;
$body$
"""
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER drawer AFTER INSERT ON billing_posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (NEW.shift_id IS NOT NULL AND NEW.amount < 0) EXECUTE FUNCTION cashoffice_check_drawer()"
)
(GUARD_VARIANCE,) = (sql for sql in REPORTS.FUNCTIONS if "CREATE FUNCTION cashoffice_guard_variance" in sql)
GUARD_VARIANCE = (
    GUARD_VARIANCE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace("    cashier uuid;\n", "    cashier uuid; stood_in uuid;\n")
    .replace("SELECT cashier_id FROM", "SELECT cashier_id, stood_in_by_id FROM")
    .replace("INTO cashier USING", "INTO cashier, stood_in USING")
    .replace("IF cashier = NEW.reviewed_by_id THEN", "IF NEW.reviewed_by_id IN (cashier, stood_in) THEN")
    .replace("a cashier does not review the own difference", "who counted a drawer does not review its difference")
)


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0011_statements_checked"), ("billing", "0036_shift_looks")]

    operations = [
        migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (CHECK_DRAWER, TRIGGER, GUARD_VARIANCE)
    ]
