"""What the database refuses about reports and differences of shifts."""

from django.db import migrations

FUNCTIONS = [
    # A difference is reviewed once, by somebody else than the cashier.
    """
CREATE FUNCTION cashoffice_guard_variance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'waiting' AND NEW.status = 'reviewed'
        THEN '{status,note,reviewed_by_id,reviewed_at,updated_at}'::text[] ELSE '{}' END;
    cashier uuid;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'the difference of a shift is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT cashier_id FROM %I.billing_shift WHERE id = $1', TG_TABLE_SCHEMA)
        INTO cashier USING NEW.shift_id;
    IF cashier = NEW.reviewed_by_id THEN
        RAISE EXCEPTION 'a cashier does not review the own difference'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON cashoffice_variance"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_variance()",
    # A shift whose difference waits for review is not accepted.
    """
CREATE FUNCTION cashoffice_guard_acceptance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE waits boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.cashoffice_variance WHERE shift_id = $1 AND status = ''waiting'')',
                   TG_TABLE_SCHEMA) INTO waits USING NEW.id;
    IF waits THEN
        RAISE EXCEPTION 'the difference of shift % waits for review', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard_acceptance BEFORE UPDATE ON billing_shift FOR EACH ROW"
    " WHEN (OLD.status <> 'reconciled' AND NEW.status = 'reconciled') EXECUTE FUNCTION cashoffice_guard_acceptance()",
    # At commit: a shift that closed has left its Z report.
    """
CREATE FUNCTION cashoffice_check_report() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.cashoffice_shiftreport WHERE shift_id = $1)', TG_TABLE_SCHEMA)
        INTO kept USING NEW.id;
    IF NOT kept THEN
        RAISE EXCEPTION 'shift % closed without a report', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    "CREATE CONSTRAINT TRIGGER reported AFTER UPDATE ON billing_shift DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (OLD.status <> 'closed' AND NEW.status = 'closed') EXECUTE FUNCTION cashoffice_check_report()",
]


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0003_reports")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in FUNCTIONS]
