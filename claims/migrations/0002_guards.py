"""What the database itself keeps of claims, and the reasons of denials a hospital starts with."""

import csv
from pathlib import Path

from django.db import migrations

from audit.sql import LET_ERASURES_PASS

DATA = Path(__file__).parents[1] / "data"

FUNCTIONS = [
    # What a claim asks for stays; it never comes back from its end, and what was paid or dealt with never shrinks.
    """
CREATE FUNCTION claims_guard_claim() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := ('{status,batch_id,accepted,rejected,paid,transferred,written_off,payer_reference,submitted_at,'
    || 'appeal_until,updated_at}')::text[];
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR OLD.status IN ('paid', 'written_off', 'passed_on', 'withdrawn')
       OR NEW.paid < OLD.paid OR NEW.transferred < OLD.transferred OR NEW.written_off < OLD.written_off
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'claim % is frozen', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    # At commit: what a claim says was paid, passed on and written off is what its remittances and dispositions say.
    """
CREATE FUNCTION claims_check_claim() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE claim uuid; agrees boolean;
BEGIN
    claim := CASE WHEN TG_TABLE_NAME = 'claims_claim' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'claim_id')::uuid END;
    EXECUTE format('SELECT c.paid = (SELECT coalesce(sum(l.settled), 0) FROM %1$I.claims_remittanceline l
                        WHERE l.claim_id = c.id)
                    AND c.transferred = (SELECT coalesce(sum(d.amount), 0) FROM %1$I.claims_disposition d
                        WHERE d.claim_id = c.id AND d.kind = ''pass_on'' AND d.status = ''approved'')
                    AND c.written_off = (SELECT coalesce(sum(d.amount), 0) FROM %1$I.claims_disposition d
                        WHERE d.claim_id = c.id AND d.kind = ''write_off'' AND d.status = ''approved'')
                    AND c.amount = (SELECT coalesce(sum(l.amount), 0) FROM %1$I.claims_claimline l
                        WHERE l.claim_id = c.id)
                    AND c.rejected = (SELECT coalesce(sum(l.rejected), 0) FROM %1$I.claims_claimline l
                        WHERE l.claim_id = c.id)
                    FROM %1$I.claims_claim c WHERE c.id = $1', TG_TABLE_SCHEMA) INTO agrees USING claim;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'claim % and what became of it disagree', claim
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    # At commit: a remittance is worth its lines.
    """
CREATE FUNCTION claims_check_remittance() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE remittance uuid; agrees boolean;
BEGIN
    remittance := CASE WHEN TG_TABLE_NAME = 'claims_remittance' THEN NEW.id
                       ELSE (to_jsonb(NEW) ->> 'remittance_id')::uuid END;
    EXECUTE format('SELECT r.amount = (SELECT coalesce(sum(l.paid), 0) FROM %1$I.claims_remittanceline l
                        WHERE l.remittance_id = r.id)
                    FROM %1$I.claims_remittance r WHERE r.id = $1', TG_TABLE_SCHEMA) INTO agrees USING remittance;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'remittance % and its lines disagree', remittance
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    # A disposition is decided once; what was asked for stays.
    """
CREATE FUNCTION claims_guard_disposition() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR OLD.status <> 'requested' OR to_jsonb(NEW) - '{status,decided_by_id,decided_at,updated_at}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{status,decided_by_id,decided_at,updated_at}'::text[] THEN
        RAISE EXCEPTION 'disposition % is decided', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
]
CHECKED = {
    "claims_claim": ("INSERT OR UPDATE", "claims_check_claim"),
    "claims_claimline": ("INSERT OR UPDATE", "claims_check_claim"),
    "claims_remittanceline": ("INSERT", "claims_check_claim"),
    "claims_disposition": ("INSERT OR UPDATE", "claims_check_claim"),
    "claims_remittance": ("INSERT", "claims_check_remittance"),
}
TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON claims_claim FOR EACH ROW EXECUTE FUNCTION claims_guard_claim()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON claims_disposition"
    " FOR EACH ROW EXECUTE FUNCTION claims_guard_disposition()",
    *(
        f"CREATE CONSTRAINT TRIGGER agreed AFTER {moment} ON {table} DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        for table, (moment, function) in CHECKED.items()
    ),
    "CREATE CONSTRAINT TRIGGER worth AFTER INSERT ON claims_remittanceline DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION claims_check_remittance()",
]


def fill(apps, schema_editor):
    reason = apps.get_model("claims", "DenialReason")
    with (DATA / "denial_reasons.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            reason.objects.create(name=row["name_en"], **row)


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
        for sql in (*FUNCTIONS, *TRIGGERS)
    ] + [migrations.RunPython(fill, migrations.RunPython.noop)]
