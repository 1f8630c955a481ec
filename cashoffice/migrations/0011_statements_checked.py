"""A statement is accepted by somebody who explained nothing of it, and only where its lines lead to its balance."""

from django.db import migrations, models

import core.money

GUARD = """
CREATE OR REPLACE FUNCTION cashoffice_guard_statement() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'open' AND NEW.status = 'accepted'
        THEN '{status,accepted_by_id,accepted_at,updated_at}'::text[] ELSE '{}' END;
    left_over boolean; uneven boolean; own boolean;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'a statement is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status <> 'accepted' THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT bool_or(amount <> matched), $2 + $3 + sum(amount) <> $4
        FROM %I.cashoffice_statementline WHERE statement_id = $1', TG_TABLE_SCHEMA)
        INTO left_over, uneven USING NEW.id, NEW.opening, NEW.left_out_sum, NEW.closing;
    IF left_over THEN
        RAISE EXCEPTION 'lines of the statement are not explained' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF uneven THEN
        RAISE EXCEPTION 'the lines do not lead to the closing balance' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('WITH live AS (SELECT m.* FROM %1$I.cashoffice_match m
            JOIN %1$I.cashoffice_statementline l ON l.id = m.line_id
            WHERE l.statement_id = $1 AND m.undone_at IS NULL)
        SELECT EXISTS (SELECT 1 FROM live WHERE is_manual AND matched_by_id = $2) OR EXISTS (
            SELECT 1 FROM live JOIN %1$I.billing_entry e ON e.source_id = live.id
            JOIN %1$I.billing_posting p ON p.entry_id = e.id
            JOIN %1$I.cashoffice_clearing c ON p.id IN (c.receipt_id, c.against_id)
            WHERE c.undone_at IS NULL AND c.cleared_by_id = $2)', TG_TABLE_SCHEMA)
        INTO own USING NEW.id, NEW.accepted_by_id;
    IF own THEN
        RAISE EXCEPTION 'whoever explained lines does not accept them' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
"""


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0010_fees_of_receipts")]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="left_out",
            field=models.PositiveIntegerField(default=0, verbose_name="Lines known from earlier files"),
        ),
        migrations.AddField(
            model_name="statement",
            name="left_out_sum",
            field=core.money.MoneyAmountField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Sum of those lines"
            ),
        ),
        migrations.RunSQL([(GUARD, None)], migrations.RunSQL.noop),
    ]
