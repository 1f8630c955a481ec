"""The books are kept in one currency: once something was posted, the preference cannot name another."""

from django.db import migrations

GUARD = """
CREATE FUNCTION billing_guard_base_currency() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE other boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$I.billing_entry WHERE base_currency <> coalesce(
                        (SELECT value #>> ''{}'' FROM %1$I.core_preference WHERE key = ''billing.base_currency''),
                        ''USD''))', TG_TABLE_SCHEMA) INTO other;
    IF other THEN
        RAISE EXCEPTION 'the books hold entries in another base currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""
CHANGED = """
CREATE TRIGGER base_currency_stays AFTER INSERT OR UPDATE ON core_preference
    FOR EACH ROW WHEN (NEW.key = 'billing.base_currency') EXECUTE FUNCTION billing_guard_base_currency()
"""
REMOVED = """
CREATE TRIGGER base_currency_remains AFTER DELETE ON core_preference
    FOR EACH ROW WHEN (OLD.key = 'billing.base_currency') EXECUTE FUNCTION billing_guard_base_currency()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_credit_guards"), ("core", "0001_initial")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (GUARD, CHANGED, REMOVED)]
