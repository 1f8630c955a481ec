"""What the database refuses about codes: what was asked stays, and an outcome is written once and is of that invoice."""

from django.db import migrations

GUARD = """
CREATE FUNCTION gateways_guard_qr() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    agrees boolean := true;
    moving text[] := CASE WHEN OLD.status IN ('paid', 'held') THEN '{}'::text[]
        ELSE '{status,check_at,checks,payment_id,deposit_id,updated_at}' END;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'code % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.payment_id IS NOT NULL THEN
        EXECUTE format('SELECT invoice_id = $2 AND shift_id = $3 FROM %I.billing_payment WHERE id = $1',
                       TG_TABLE_SCHEMA) INTO agrees USING NEW.payment_id, NEW.invoice_id, NEW.shift_id;
    ELSIF NEW.deposit_id IS NOT NULL THEN
        EXECUTE format('SELECT d.patient_id = i.patient_id AND d.gateway = ''khqr'' FROM %1$I.billing_deposit d,
                        %1$I.billing_invoice i WHERE d.id = $1 AND i.id = $2',
                       TG_TABLE_SCHEMA) INTO agrees USING NEW.deposit_id, NEW.invoice_id;
    END IF;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'code % became money of something else', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""


CHECKOUT = """
CREATE FUNCTION gateways_guard_checkout() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    agrees boolean := true;
    moving text[] := CASE WHEN OLD.status IN ('paid', 'held') THEN '{}'::text[]
        ELSE '{status,received,received_currency,reference,payment_id,deposit_id,updated_at}' END;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'link % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.payment_id IS NOT NULL THEN
        EXECUTE format('SELECT invoice_id = $2 AND shift_id = $3 FROM %I.billing_payment WHERE id = $1',
                       TG_TABLE_SCHEMA) INTO agrees USING NEW.payment_id, NEW.invoice_id, NEW.shift_id;
    ELSIF NEW.deposit_id IS NOT NULL THEN
        EXECUTE format('SELECT patient_id = $2 AND gateway = ''stripe'' FROM %I.billing_deposit WHERE id = $1',
                       TG_TABLE_SCHEMA) INTO agrees USING NEW.deposit_id, NEW.patient_id;
    END IF;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'link % became money of something else', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""
TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON gateways_qrrequest"
    " FOR EACH ROW EXECUTE FUNCTION gateways_guard_qr()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON gateways_checkout"
    " FOR EACH ROW EXECUTE FUNCTION gateways_guard_checkout()",
]


class Migration(migrations.Migration):
    dependencies = [("gateways", "0001_initial"), ("billing", "0011_deposit_guards")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (GUARD, CHECKOUT, *TRIGGERS)]
