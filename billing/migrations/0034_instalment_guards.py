"""What the database refuses about plans of instalments."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS

# A plan is made over what is due now, of an invoice that owes; the lock makes a payment wait, and this wait for one.
# Afterwards it only ends.
GUARD_PLAN = """
CREATE FUNCTION billing_guard_plan() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    -- erasures pass --
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('SELECT status IN (''issued'', ''partly_paid'') AND currency = $2
                        AND total + transferred - credited - paid + refunded - written_off = $3
                        FROM %I.billing_invoice WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
            INTO agrees USING NEW.invoice_id, NEW.currency, NEW.total;
        IF agrees IS NOT TRUE THEN
            RAISE EXCEPTION 'a plan is over what invoice % owes', NEW.invoice_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NOT OLD.is_active
       OR to_jsonb(NEW) - '{is_active,ended_by_id,updated_at}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{is_active,ended_by_id,updated_at}'::text[] THEN
        RAISE EXCEPTION 'plan % is agreed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: the parts come to the total, each says how far it reaches, and their days follow their order.
CHECK_PARTS = """
CREATE FUNCTION billing_check_parts() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE plan uuid; agrees boolean;
BEGIN
    plan := CASE WHEN TG_TABLE_NAME = 'billing_instalmentplan' THEN NEW.id
                 ELSE (to_jsonb(NEW) ->> 'plan_id')::uuid END;
    EXECUTE format('SELECT coalesce(bool_and(i.reaches = i.running AND i.currency = p.currency
                                             AND (i.before IS NULL OR i.before < i.due_on)), false)
                           AND sum(i.amount) = min(p.total)
                    FROM %1$I.billing_instalmentplan p
                    JOIN (SELECT plan_id, amount, reaches, currency, due_on,
                                 sum(amount) OVER (ORDER BY position) AS running,
                                 lag(due_on) OVER (ORDER BY position) AS before
                          FROM %1$I.billing_instalment WHERE plan_id = $1) i ON i.plan_id = p.id
                    WHERE p.id = $1', TG_TABLE_SCHEMA) INTO agrees USING plan;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'the parts of plan % do not come to its total', plan
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# Of a reminder only its printing is noted, once.
GUARD_REMINDER = """
CREATE FUNCTION billing_guard_reminder() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR OLD.printed_at IS NOT NULL
       OR to_jsonb(NEW) - '{printed_by_id,printed_at,updated_at}'::text[]
          IS DISTINCT FROM to_jsonb(OLD) - '{printed_by_id,printed_at,updated_at}'::text[] THEN
        RAISE EXCEPTION 'reminder % stays', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON billing_instalmentplan"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_plan()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_reminder"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_reminder()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON billing_instalmentplan DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_parts()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON billing_instalment DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_parts()",
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0033_instalments")]

    operations = [
        migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
        for sql in (GUARD_PLAN, CHECK_PARTS, GUARD_REMINDER, *TRIGGERS)
    ]
