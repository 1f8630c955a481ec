"""What the database counts and refuses about packages; their account for hospitals that are there."""

from django.db import migrations

from billing.chart import ACCOUNTS

# Only an open package of the charge's own patient is used, by a charge for nothing. The lock on the sale makes a credit
# note or a void wait, and this wait for them.
COUNT = """
CREATE FUNCTION billing_count_package() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE holds boolean;
    step integer := CASE WHEN TG_OP = 'INSERT' THEN NEW.live::integer ELSE NEW.live::integer - OLD.live::integer END;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('SELECT s.is_open AND s.patient_id = c.patient_id AND c.amount = 0 AND c.quantity = $3
                        FROM %1$I.billing_packagecover k JOIN %1$I.billing_packagesale s ON s.id = k.sale_id
                        JOIN %1$I.billing_charge c ON c.id = $2 WHERE k.id = $1 FOR NO KEY UPDATE OF s', TG_TABLE_SCHEMA)
            INTO holds USING NEW.cover_id, NEW.charge_id, NEW.quantity;
        IF holds IS NOT TRUE THEN
            RAISE EXCEPTION 'the package does not hold charge %', NEW.charge_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.cover_id <> OLD.cover_id OR NEW.charge_id <> OLD.charge_id OR NEW.quantity <> OLD.quantity
          OR NEW.live AND NOT OLD.live THEN
        RAISE EXCEPTION 'what was taken from a package stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('UPDATE %I.billing_packagecover SET used = used + $2, updated_at = now() WHERE id = $1',
                   TG_TABLE_SCHEMA) USING NEW.cover_id, step * NEW.quantity;
    RETURN NULL;
END;
$body$;
"""

# A package opens when its invoice is issued. It closes when that is voided, which nothing taken from it allows.
OPEN = """
CREATE FUNCTION billing_open_package() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE begun boolean;
BEGIN
    EXECUTE format('UPDATE %I.billing_packagesale SET is_open = $2, updated_at = now() WHERE charge_id = $1',
                   TG_TABLE_SCHEMA) USING NEW.id, NEW.status = 'invoiced';
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$I.billing_packagecover k JOIN %1$I.billing_packagesale s
                    ON s.id = k.sale_id WHERE s.charge_id = $1 AND k.used > 0)', TG_TABLE_SCHEMA)
        INTO begun USING NEW.id;
    IF begun AND NEW.status <> 'invoiced' THEN
        RAISE EXCEPTION 'something of package % was taken', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# A credit note closes its packages for good; the whole price of one of which something was taken is not credited.
CLOSE = """
CREATE FUNCTION billing_close_package() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE too_much boolean;
BEGIN
    EXECUTE format('UPDATE %1$I.billing_packagesale s SET is_open = false, updated_at = now()
                    FROM %1$I.billing_creditline c JOIN %1$I.billing_invoiceline l ON l.id = c.line_id
                    WHERE c.credit_note_id = $1 AND s.charge_id = l.charge_id', TG_TABLE_SCHEMA) USING NEW.id;
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$I.billing_creditline c
                        JOIN %1$I.billing_invoiceline l ON l.id = c.line_id
                        JOIN %1$I.billing_packagesale s ON s.charge_id = l.charge_id
                        JOIN %1$I.billing_packagecover k ON k.sale_id = s.id AND k.used > 0
                        WHERE c.credit_note_id = $1 AND l.net + l.covered <= (
                            SELECT sum(d.net + d.covered) FROM %1$I.billing_creditline d
                            JOIN %1$I.billing_creditnote n ON n.id = d.credit_note_id
                            WHERE d.line_id = l.id AND n.status IN (''approved'', ''refunded'')))', TG_TABLE_SCHEMA)
        INTO too_much USING NEW.id;
    IF too_much THEN
        RAISE EXCEPTION 'something of the package on credit note % was taken', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

GUARD = """
CREATE FUNCTION billing_guard_package() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := CASE WHEN pg_trigger_depth() > 1 THEN '{used,is_open,updated_at}'::text[]
                              ELSE '{updated_at}' END;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'a package that was sold stays as it was' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER count_package AFTER INSERT OR UPDATE ON billing_packageuse"
    " FOR EACH ROW EXECUTE FUNCTION billing_count_package()",
    "CREATE TRIGGER open_package AFTER UPDATE OF status ON billing_charge FOR EACH ROW"
    " WHEN (OLD.status <> NEW.status AND 'invoiced' IN (OLD.status, NEW.status))"
    " EXECUTE FUNCTION billing_open_package()",
    "CREATE TRIGGER close_package AFTER UPDATE OF status ON billing_creditnote FOR EACH ROW"
    " WHEN (OLD.status = 'requested' AND NEW.status = 'approved') EXECUTE FUNCTION billing_close_package()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_packagecover"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_package()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_packagesale"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_package()",
    "CREATE TRIGGER guard BEFORE DELETE ON billing_packageuse FOR EACH ROW EXECUTE FUNCTION billing_guard_package()",
]


def add_account(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key != "revenue.package" or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code = str(int(code) + 1)
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0022_packages")]

    operations = [
        *(migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (COUNT, OPEN, CLOSE, GUARD, *TRIGGERS)),
        migrations.RunPython(add_account, migrations.RunPython.noop),
    ]
