"""What the database refuses about write-offs, and the account they are booked to."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS
from billing.chart import ACCOUNTS

# Written off is whatever is still owed, at once; what is paid or written off owes again only by what a payer refused or
# a write-off that is taken back. While something is written off, nothing is credited.
GUARD_INVOICE = """
CREATE OR REPLACE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] :=
        '{status,paid,paid_at,credited,refunded,transferred,written_off,void_reason,version,updated_at}';
    owes_again boolean;
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
    owes_again := NEW.transferred > OLD.transferred OR NEW.written_off < OLD.written_off;
    IF OLD.status = 'void' THEN
        moving := '{}';
    ELSIF OLD.status IN ('paid', 'written_off') AND owes_again
          AND (NEW.status = 'partly_paid' OR OLD.status = 'written_off' AND NEW.status = 'issued') THEN
        moving := '{status,transferred,written_off,paid_at,updated_at}';
    ELSIF OLD.status = 'paid' THEN
        moving := '{credited,refunded,updated_at}';
    ELSIF OLD.status = 'written_off' THEN
        moving := '{}';
    END IF;
    IF NEW.status NOT IN ('issued', 'partly_paid', 'paid', 'void', 'written_off')
       OR (OLD.status = 'partly_paid' AND NEW.status IN ('issued', 'void'))
       OR NEW.paid < OLD.paid OR NEW.credited < OLD.credited OR NEW.refunded < OLD.refunded
       OR NEW.transferred < OLD.transferred
       OR (NEW.written_off > OLD.written_off AND NEW.status <> 'written_off')
       OR (NEW.credited > OLD.credited AND NEW.written_off > 0)
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'invoice % is frozen', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# Decided once, taken back once; what it says stays.
GUARD_WRITE_OFF = """
CREATE FUNCTION billing_guard_write_off() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := CASE WHEN TG_OP = 'DELETE' THEN '{}'::text[]
    WHEN OLD.status = 'requested' AND NEW.status = 'approved'
        THEN '{status,number,decided_by_id,decided_at,updated_at}'
    WHEN OLD.status = 'requested' AND NEW.status = 'declined'
        THEN '{status,decline_reason,decided_by_id,decided_at,updated_at}'
    WHEN OLD.status = 'approved' AND NEW.status = 'reversed' THEN '{status,reversed_by_id,reversed_at,updated_at}'
    ELSE '{}' END;
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'write-off % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: what an invoice says is written off is what its write-offs say.
CHECK_WRITTEN_OFF = """
CREATE FUNCTION billing_check_written_off() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE invoice uuid; agrees boolean;
BEGIN
    invoice := CASE WHEN TG_TABLE_NAME = 'billing_invoice' THEN NEW.id
                    ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
    EXECUTE format('SELECT i.written_off = (SELECT coalesce(sum(w.amount), 0) FROM %1$I.billing_writeoff w
                        WHERE w.invoice_id = i.id AND w.status = ''approved'')
                    FROM %1$I.billing_invoice i WHERE i.id = $1', TG_TABLE_SCHEMA) INTO agrees USING invoice;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'invoice % and its write-offs disagree', invoice
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_writeoff"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_write_off()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_writeoff DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_written_off()",
    # only where something is written off or taken back: other invoices pay nothing for it
    "CREATE CONSTRAINT TRIGGER written_off AFTER UPDATE ON billing_invoice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (NEW.written_off <> OLD.written_off) EXECUTE FUNCTION billing_check_written_off()",
]


def add_account(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key != "bad_debt" or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code += "1"
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0025_write_offs")]

    operations = [
        *(
            migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
            for sql in (GUARD_INVOICE, GUARD_WRITE_OFF, CHECK_WRITTEN_OFF, *TRIGGERS)
        ),
        migrations.RunPython(add_account, migrations.RunPython.noop),
    ]
