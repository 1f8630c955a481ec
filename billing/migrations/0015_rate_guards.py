"""A proposed rate is decided once and stays what was published; hospitals from before get the account for gain and loss."""

from importlib import import_module

from django.db import migrations

add_missing_accounts = import_module("billing.migrations.0009_cash_office_kinds").add_missing_accounts

GUARD = """
CREATE FUNCTION billing_guard_rate_proposal() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    same boolean := true;
    moving text[] := CASE WHEN OLD.status = 'waiting' THEN '{status,decided_by_id,rate_id,updated_at}' ELSE '{}' END;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'proposed rate % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.rate_id IS NOT NULL THEN
        EXECUTE format('SELECT riel_per_dollar = $2 FROM %I.billing_exchangerate WHERE id = $1', TG_TABLE_SCHEMA)
            INTO same USING NEW.rate_id, NEW.riel_per_dollar;
    END IF;
    IF same IS NOT TRUE THEN
        RAISE EXCEPTION 'another rate was set than was proposed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""
TRIGGER = """
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_rateproposal
    FOR EACH ROW EXECUTE FUNCTION billing_guard_rate_proposal()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_rate_feeds")]

    operations = [
        migrations.RunSQL([(GUARD, None)], "DROP FUNCTION billing_guard_rate_proposal() CASCADE"),
        migrations.RunSQL([(TRIGGER, None)], migrations.RunSQL.noop),
        migrations.RunPython(add_missing_accounts, migrations.RunPython.noop),
    ]
