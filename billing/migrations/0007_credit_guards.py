"""What the database refuses about credit notes and refunds, and how an invoice agrees with them."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS

GUARD_INVOICE = """
CREATE OR REPLACE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := '{status,paid,paid_at,credited,refunded,void_reason,version,updated_at}';
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'invoice % is issued', OLD.number USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'issued') THEN
        RETURN NEW;
    END IF;
    -- paid: only what is credited and paid out again moves, forwards; void: nothing moves
    IF OLD.status = 'paid' THEN
        moving := '{credited,refunded,updated_at}';
    ELSIF OLD.status = 'void' THEN
        moving := '{}';
    END IF;
    IF NEW.status NOT IN ('issued', 'partly_paid', 'paid', 'void')
       OR (OLD.status = 'partly_paid' AND NEW.status IN ('issued', 'void'))
       OR NEW.paid < OLD.paid OR NEW.credited < OLD.credited OR NEW.refunded < OLD.refunded
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'invoice % is frozen', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: what an invoice says was paid, credited and paid out is what its payments, credit notes and refunds say.
CHECK_PAID = """
CREATE OR REPLACE FUNCTION billing_check_paid() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE invoice uuid; agrees boolean;
BEGIN
    invoice := CASE WHEN TG_TABLE_NAME = 'billing_invoice' THEN NEW.id
                    ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
    EXECUTE format('SELECT i.paid = coalesce((SELECT sum(p.applied) FROM %1$I.billing_payment p
                        WHERE p.invoice_id = i.id), 0)
                    AND (i.credited = 0 AND i.refunded = 0 OR
                        i.credited = (SELECT coalesce(sum(c.amount), 0) FROM %1$I.billing_creditnote c
                            WHERE c.invoice_id = i.id AND c.status IN (''approved'', ''refunded''))
                        AND i.refunded = (SELECT coalesce(sum(r.amount), 0) FROM %1$I.billing_refund r
                            JOIN %1$I.billing_creditnote c ON c.id = r.credit_note_id WHERE c.invoice_id = i.id))
                    FROM %1$I.billing_invoice i WHERE i.id = $1', TG_TABLE_SCHEMA) INTO agrees USING invoice;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'invoice % and its payments disagree', invoice
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# A credit note is decided once and paid out once; what it says stays.
GUARD_CREDIT = """
CREATE FUNCTION billing_guard_credit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := CASE WHEN TG_OP = 'DELETE' THEN '{}'::text[]
    WHEN OLD.status = 'requested' AND NEW.status = 'approved'
        THEN '{status,number,to_refund,decided_by_id,decided_at,updated_at}'
    WHEN OLD.status = 'requested' AND NEW.status = 'declined'
        THEN '{status,decline_reason,decided_by_id,decided_at,updated_at}'
    WHEN OLD.status = 'approved' AND NEW.status = 'refunded' THEN '{status,updated_at}'
    ELSE '{}' END;
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'credit note % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# A line is credited while its note is asked for, on the note's own invoice, and never beyond its net. The lock on the
# invoice's line makes a second credit wait and then see the first.
GUARD_CREDIT_LINE = """
CREATE FUNCTION billing_guard_credit_line() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE line_net numeric; line_invoice uuid; note_invoice uuid; note_status text; credited numeric;
BEGIN
    EXECUTE format('SELECT net, invoice_id FROM %I.billing_invoiceline WHERE id = $1 FOR UPDATE', TG_TABLE_SCHEMA)
        INTO line_net, line_invoice USING NEW.line_id;
    EXECUTE format('SELECT invoice_id, status FROM %I.billing_creditnote WHERE id = $1', TG_TABLE_SCHEMA)
        INTO note_invoice, note_status USING NEW.credit_note_id;
    EXECUTE format('SELECT coalesce(sum(l.net), 0) FROM %1$I.billing_creditline l
                    JOIN %1$I.billing_creditnote c ON c.id = l.credit_note_id
                    WHERE l.line_id = $1 AND c.status <> ''declined''', TG_TABLE_SCHEMA)
        INTO credited USING NEW.line_id;
    IF note_status <> 'requested' OR note_invoice <> line_invoice OR credited + NEW.net > line_net THEN
        RAISE EXCEPTION 'line % cannot be credited by %', NEW.line_id, NEW.net
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: a note is worth its lines, and a refund pays exactly what its note allows.
CHECK_CREDIT = """
CREATE FUNCTION billing_check_credit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE note uuid; agrees boolean;
BEGIN
    note := CASE WHEN TG_TABLE_NAME = 'billing_creditnote' THEN NEW.id
                 ELSE (to_jsonb(NEW) ->> 'credit_note_id')::uuid END;
    EXECUTE format('SELECT c.amount = (SELECT coalesce(sum(l.net), 0) FROM %1$I.billing_creditline l
                        WHERE l.credit_note_id = c.id)
                    AND CASE WHEN c.status = ''refunded'' THEN c.to_refund ELSE 0 END
                        = (SELECT coalesce(sum(r.amount), 0) FROM %1$I.billing_refund r WHERE r.credit_note_id = c.id)
                    FROM %1$I.billing_creditnote c WHERE c.id = $1', TG_TABLE_SCHEMA) INTO agrees USING note;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'credit note % and its lines or refund disagree', note
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_creditnote"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_credit()",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_creditline"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_credit_line()",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_refund FOR EACH ROW EXECUTE FUNCTION billing_guard_payment()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_creditnote DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_credit()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON billing_refund DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_credit()",
    "CREATE CONSTRAINT TRIGGER paid AFTER INSERT OR UPDATE ON billing_creditnote DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_paid()",
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_credit_notes")]

    operations = [
        migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
        for sql in (GUARD_INVOICE, CHECK_PAID, GUARD_CREDIT, GUARD_CREDIT_LINE, CHECK_CREDIT, *TRIGGERS)
    ]
