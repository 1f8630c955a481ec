"""What the database refuses about the payer's part of an invoice, and the accounts it is booked to."""

from importlib import import_module

from django.db import migrations

from audit.sql import LET_ERASURES_PASS
from billing.chart import ACCOUNTS

CREDITS = import_module("billing.migrations.0007_credit_guards")
KEYS = ("receivable.payers", "scheme_difference", "payer_loss")

# What a payer refused comes back to the patient: it only grows, and a paid invoice owes again by it and by nothing else.
GUARD_INVOICE = (
    CREDITS.GUARD_INVOICE.replace("credited,refunded,void_reason", "credited,refunded,transferred,void_reason")
    .replace(
        "        moving := '{credited,refunded,updated_at}';\n",
        "        moving := CASE WHEN NEW.transferred > OLD.transferred AND NEW.status = 'partly_paid'\n"
        "            THEN '{status,transferred,paid_at,updated_at}'\n"
        "            ELSE '{credited,refunded,updated_at}' END;\n",
    )
    .replace("OR NEW.refunded < OLD.refunded", "OR NEW.refunded < OLD.refunded OR NEW.transferred < OLD.transferred")
)

# A line is credited never beyond what it cost after discount: the patient's part and the payer's each within their own.
GUARD_CREDIT_LINE = """
CREATE OR REPLACE FUNCTION billing_guard_credit_line() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE line_net numeric; line_covered numeric; line_invoice uuid; note_invoice uuid; note_status text;
        credited numeric; covered numeric;
BEGIN
    EXECUTE format('SELECT net, covered, invoice_id FROM %I.billing_invoiceline WHERE id = $1 FOR UPDATE',
                   TG_TABLE_SCHEMA) INTO line_net, line_covered, line_invoice USING NEW.line_id;
    EXECUTE format('SELECT invoice_id, status FROM %I.billing_creditnote WHERE id = $1', TG_TABLE_SCHEMA)
        INTO note_invoice, note_status USING NEW.credit_note_id;
    EXECUTE format('SELECT coalesce(sum(l.net), 0), coalesce(sum(l.covered), 0) FROM %1$I.billing_creditline l
                    JOIN %1$I.billing_creditnote c ON c.id = l.credit_note_id
                    WHERE l.line_id = $1 AND c.status <> ''declined''', TG_TABLE_SCHEMA)
        INTO credited, covered USING NEW.line_id;
    IF note_status <> 'requested' OR note_invoice <> line_invoice OR credited + NEW.net > line_net
       OR covered + NEW.covered > line_covered THEN
        RAISE EXCEPTION 'line % cannot be credited by %', NEW.line_id, NEW.net
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""
CHECK_CREDIT = CREDITS.CHECK_CREDIT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "                    AND CASE WHEN c.status",
    "                    AND c.covered = (SELECT coalesce(sum(l.covered), 0) FROM %1$I.billing_creditline l\n"
    "                        WHERE l.credit_note_id = c.id)\n"
    "                    AND CASE WHEN c.status",
)

# What the payer owed at issue stays; what is gone of it only grows.
GUARD_SHARE = """
CREATE FUNCTION billing_guard_share() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := '{credited,paid,transferred,written_off,claimed,updated_at}';
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR NEW.credited < OLD.credited OR NEW.paid < OLD.paid OR NEW.transferred < OLD.transferred
       OR NEW.written_off < OLD.written_off OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'the share of a payer only shrinks' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: the payer owes what the invoice says is covered less what a flat fee leaves to nobody, and what came back to
# the patient is on both.
CHECK_SHARE = """
CREATE FUNCTION billing_check_share() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT s.due = i.covered - i.scheme_difference AND s.transferred = i.transferred
                    FROM %1$I.billing_payershare s JOIN %1$I.billing_invoice i ON i.id = s.invoice_id
                    WHERE s.invoice_id = $1', TG_TABLE_SCHEMA)
        INTO agrees USING CASE WHEN TG_TABLE_NAME = 'billing_invoice' THEN NEW.id
                               ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
    IF agrees IS FALSE OR agrees IS NULL AND TG_TABLE_NAME = 'billing_invoice' THEN
        RAISE EXCEPTION 'an invoice and the share of its payer disagree'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_payershare"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_share()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_payershare DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_share()",
    # only where somebody else pays: other invoices pay nothing for it
    "CREATE CONSTRAINT TRIGGER shared AFTER INSERT OR UPDATE ON billing_invoice DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (NEW.covered > 0 AND NEW.status <> 'draft') EXECUTE FUNCTION billing_check_share()",
]


def add_accounts(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key not in KEYS or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():
            code += "1"  # the hospital gave this number to another account
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_payers")]

    operations = [
        migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
        for sql in (GUARD_INVOICE, GUARD_CREDIT_LINE, CHECK_CREDIT, GUARD_SHARE, CHECK_SHARE, *TRIGGERS)
    ] + [migrations.RunPython(add_accounts, migrations.RunPython.noop)]
