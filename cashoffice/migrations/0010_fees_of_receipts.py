"""What a bank or provider keeps of a payment: an unknown receipt and its fee together are the payment, to the cent."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import F, Q

import core.money

GUARDS = [
    # r: the receipt, m: the same entry's posting on the statement's account, g: what explains it, n: beside g. Amount
    # and fee are g; only the amount counts against the receipt.
    """
CREATE OR REPLACE FUNCTION cashoffice_guard_clearing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE fits boolean;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.undone_at IS NOT NULL
           OR to_jsonb(NEW) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[])) THEN
        RAISE EXCEPTION 'a clearing is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT 1 FROM %1$I.billing_account a JOIN %1$I.billing_posting m ON m.account_id = a.id
        JOIN %1$I.billing_posting r ON r.entry_id = m.entry_id AND r.id <> m.id
        WHERE r.id = $1 FOR NO KEY UPDATE OF a', TG_TABLE_SCHEMA) USING NEW.receipt_id;
    EXECUTE format('WITH live AS (SELECT * FROM %1$I.cashoffice_clearing WHERE undone_at IS NULL)
        SELECT ra.key = ''unknown_receipts'' AND re.kind = ''statement_line''
            AND NOT EXISTS (SELECT 1 FROM %1$I.billing_entry x WHERE x.reverses_id = re.id)
            AND NOT EXISTS (SELECT 1 FROM live WHERE against_id = r.id)
            AND g.currency = r.currency AND g.amount = $3 + $5 AND sign($3) = -sign(r.amount)
            AND abs($3) <= abs(r.amount + coalesce((SELECT sum(amount) FROM live WHERE receipt_id = r.id), 0))
            AND NOT EXISTS (SELECT 1 FROM %1$I.cashoffice_match x WHERE x.posting_id = g.id AND x.undone_at IS NULL)
            AND ge.kind NOT IN (''statement_undone'', ''receipt_cleared'', ''receipt_reopened'')
            AND NOT (ge.kind = ''statement_line''
                     AND EXISTS (SELECT 1 FROM %1$I.billing_entry x WHERE x.reverses_id = ge.id))
            AND CASE WHEN $4 THEN g.account_id = m.account_id
                ELSE g.account_id = r.account_id AND ge.kind = ''statement_line''
                    AND EXISTS (SELECT 1 FROM %1$I.billing_posting n WHERE n.entry_id = ge.id
                                AND n.account_id = m.account_id)
                    AND NOT EXISTS (SELECT 1 FROM live WHERE receipt_id = g.id) END
        FROM %1$I.billing_posting r JOIN %1$I.billing_account ra ON ra.id = r.account_id
        JOIN %1$I.billing_entry re ON re.id = r.entry_id
        JOIN %1$I.billing_posting m ON m.entry_id = re.id AND m.id <> r.id,
             %1$I.billing_posting g JOIN %1$I.billing_entry ge ON ge.id = g.entry_id
        WHERE r.id = $1 AND g.id = $2', TG_TABLE_SCHEMA)
        INTO fits USING NEW.receipt_id, NEW.against_id, NEW.amount, NEW.entry_id IS NOT NULL, NEW.fee;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'this is not what the receipt was' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    # At commit: the entry moves just amount and fee from the statement's account to the receipt's and to the fees, and
    # is reversed when the clearing is undone, only then.
    """
CREATE OR REPLACE FUNCTION cashoffice_check_clearing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT e.kind = ''receipt_cleared'' AND e.source_id = c.id
            AND (c.undone_at IS NOT NULL) = EXISTS (SELECT 1 FROM %1$I.billing_entry x WHERE x.reverses_id = e.id)
            AND (SELECT count(*) = CASE WHEN c.fee > 0 THEN 3 ELSE 2 END
                     AND bool_and(p.currency = r.currency AND ((p.account_id, p.amount)
                         IN ((r.account_id, c.amount), (g.account_id, -c.amount - c.fee))
                         OR c.fee > 0 AND a.key = ''bank_fees'' AND p.amount = c.fee))
                 FROM %1$I.billing_posting p JOIN %1$I.billing_account a ON a.id = p.account_id
                 WHERE p.entry_id = e.id)
        FROM %1$I.cashoffice_clearing c JOIN %1$I.billing_entry e ON e.id = c.entry_id
        JOIN %1$I.billing_posting r ON r.id = c.receipt_id JOIN %1$I.billing_posting g ON g.id = c.against_id
        WHERE c.id = $1', TG_TABLE_SCHEMA) INTO agrees USING NEW.id;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'a clearing and its entry disagree' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
]
LIMITS = """
    ALTER TABLE core_preference ADD CONSTRAINT cashoffice_fee_within_limits CHECK (CASE
        WHEN key = 'cashoffice.fee_percent' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 0 AND 20
        ELSE true END)
"""


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0009_matches_in_parts"), ("core", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="clearing",
            name="fee",
            field=core.money.MoneyAmountField(
                decimal_places=2, default=Decimal(0), max_digits=14, verbose_name="Fee of the bank or provider"
            ),
        ),
        migrations.AddConstraint(
            model_name="clearing",
            constraint=models.CheckConstraint(
                condition=Q(fee=0) | Q(fee__gt=0, entry__isnull=False, amount__gte=F("fee") * 4),
                name="cashoffice_clearing_fee",
            ),
        ),
        migrations.RunSQL([(sql, None) for sql in GUARDS], migrations.RunSQL.noop),
        migrations.RunSQL([(LIMITS, None)], "ALTER TABLE core_preference DROP CONSTRAINT cashoffice_fee_within_limits"),
    ]
