"""Who performed a charge: on the charge, on the invoice's line, on the postings of its revenue and fee."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.sql import LET_ERASURES_PASS

FEES = import_module("billing.migrations.0031_fee_guards")

# A charge is what it was when the event happened; its status moves, and until it is invoiced who performed it.
GUARD_CHARGE = f"""
CREATE OR REPLACE FUNCTION billing_guard_charge() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := '{{status,status_reason,updated_at}}';
BEGIN
    {LET_ERASURES_PASS}
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'charges are cancelled, not deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'pending' AND NEW.status = 'pending' THEN
        moving := moving || 'performer_id'::text;
    END IF;
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'charge % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# A fee stands on the account of who performed the line.
CHECK_MOVE = (
    FEES.CHECK_MOVE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace("DECLARE agrees boolean;", "DECLARE agrees boolean; own boolean;")
    .replace(
        "    RETURN NULL;",
        """    IF NEW.line_id IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %1$I.billing_invoiceline l
                            JOIN %1$I.billing_feeaccount a ON a.doctor_id = l.performer_id
                            WHERE l.id = $1 AND a.id = $2)', TG_TABLE_SCHEMA)
            INTO own USING NEW.line_id, NEW.account_id;
        IF own IS NOT TRUE THEN
            RAISE EXCEPTION 'the fee of line % belongs to who performed it', NEW.line_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;""",
    )
)

# What was invoiced before counted for the doctor of the visit; where a fee was earned, for who earned it.
# Rows that are frozen are filled by the tables' owner; the trail keeps what changed.
FILL = """
DO $body$
DECLARE append_only boolean := EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = 'billing_posting'::regclass AND tgname = 'frozen_rows'
);
BEGIN
    IF NOT EXISTS (SELECT FROM billing_charge) THEN RETURN; END IF;
    SET CONSTRAINTS ALL IMMEDIATE;
    CREATE TEMPORARY TABLE performed ON COMMIT DROP AS
        SELECT i.id AS invoice_id, coalesce(
            (SELECT a.doctor_id FROM billing_feemove m JOIN billing_invoiceline l ON l.id = m.line_id
             JOIN billing_feeaccount a ON a.id = m.account_id WHERE l.invoice_id = i.id LIMIT 1), v.practitioner_id
        ) AS doctor_id FROM billing_invoice i JOIN patients_visit v ON v.id = i.visit_id;
    ALTER TABLE billing_charge DISABLE TRIGGER guard;
    ALTER TABLE billing_invoiceline DISABLE TRIGGER guard;
    IF append_only THEN
        ALTER TABLE billing_posting DISABLE TRIGGER frozen_rows;
    END IF;
    UPDATE billing_charge c SET performer_id = v.practitioner_id FROM patients_visit v
        WHERE v.id = c.visit_id AND v.practitioner_id IS NOT NULL;
    UPDATE billing_invoiceline l SET performer_id = p.doctor_id FROM performed p
        WHERE p.invoice_id = l.invoice_id AND p.doctor_id IS NOT NULL;
    UPDATE billing_posting o SET performer_id = p.doctor_id
        FROM performed p, billing_entry e, billing_account a
        WHERE e.invoice_id = p.invoice_id AND o.entry_id = e.id AND a.id = o.account_id AND p.doctor_id IS NOT NULL
        AND (a.key LIKE 'revenue.%' OR a.key = 'expense.doctor_fees');
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE billing_charge ENABLE TRIGGER guard;
    ALTER TABLE billing_invoiceline ENABLE TRIGGER guard;
    IF append_only THEN
        ALTER TABLE billing_posting ENABLE ALWAYS TRIGGER frozen_rows;
    END IF;
END;
$body$;
"""


def _performer(**options):
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name="Performed by",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0036_shift_looks"),
        ("patients", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="charge", name="performer", field=_performer()),
        migrations.AddField(model_name="invoiceline", name="performer", field=_performer()),
        migrations.AddField(model_name="posting", name="performer", field=_performer(db_index=False)),
        migrations.RunSQL([(FILL, None)], migrations.RunSQL.noop),
        migrations.RunSQL([(GUARD_CHARGE, None)], migrations.RunSQL.noop),
        migrations.RunSQL([(CHECK_MOVE, None)], migrations.RunSQL.noop),
    ]
