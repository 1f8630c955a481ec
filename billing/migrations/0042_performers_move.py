"""Work on an issued invoice goes to another doctor, and only together with what was posted for it."""

from importlib import import_module

from django.db import migrations, models

from audit.sql import LET_ERASURES_PASS

GUARDS = import_module("billing.migrations.0002_guards").FUNCTIONS
PERFORMERS = import_module("billing.migrations.0037_performers")

KINDS = [
    ("invoice_issued", "Invoice issued"),
    ("invoice_voided", "Invoice voided"),
    ("payment", "Payment received"),
    ("credit_note", "Credit note"),
    ("refund", "Refund paid out"),
    ("deposit_taken", "Deposit taken"),
    ("deposit_refunded", "Deposit paid back"),
    ("payer_payment", "Payer paid"),
    ("payer_returned", "Paid back to a payer"),
    ("payer_transfer", "Passed on to the patient"),
    ("payer_write_off", "Written off with a payer"),
    ("write_off", "Debt written off"),
    ("write_off_reversed", "Write-off taken back"),
    ("exchange_difference", "Gain or loss of exchanging"),
    ("performer_changed", "Work given to another doctor"),
    ("fees_paid", "Fees of a doctor paid out"),
    ("fund_grant", "Grant to a fund"),
    ("shift_opened", "Shift opened"),
    ("shift_closed", "Shift closed"),
    ("cash_voucher", "Cash voucher"),
    ("cash_transfer", "Transfer between drawers"),
    ("deposit_sent", "Takings handed over for the bank"),
    ("deposit_banked", "Takings banked"),
    ("statement_line", "Line of a bank statement"),
    ("statement_undone", "Line of a bank statement taken back"),
    ("receipt_cleared", "Unknown receipt explained"),
    ("receipt_reopened", "Explanation of a receipt taken back"),
]

# Whose work it is moves as long as the charge is not given up.
GUARD_CHARGE = PERFORMERS.GUARD_CHARGE.replace(
    "OLD.status = 'pending' AND NEW.status = 'pending'",
    "OLD.status = NEW.status AND NEW.status IN ('pending', 'invoiced')",
)

# On an issued invoice nothing of a line moves but whose work it is.
GUARD_LINE = f"""
CREATE OR REPLACE FUNCTION billing_guard_line() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {LET_ERASURES_PASS}
    {GUARDS["billing_guard_line"]}
END;
$body$;
""".replace(
    "            RAISE EXCEPTION 'lines of an issued invoice are frozen'",
    """            IF TG_OP = 'UPDATE' AND invoice_status <> 'void' AND NEW.live
               AND to_jsonb(NEW) - '{performer_id,updated_at}'::text[]
                   = to_jsonb(OLD) - '{performer_id,updated_at}'::text[] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'lines of an issued invoice are frozen'""",
)

# At commit: charge and line name the same, the invoice's revenue is posted by performer as its lines have it, and of the
# line's fee nobody else keeps anything.
CHECK_PERFORMER = """
CREATE FUNCTION billing_check_performer() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    charge uuid := CASE WHEN TG_TABLE_NAME = 'billing_charge' THEN NEW.id
                        ELSE (to_jsonb(NEW) ->> 'charge_id')::uuid END;
    line uuid; invoice uuid; performer uuid; agrees boolean;
BEGIN
    EXECUTE format('SELECT l.id, l.invoice_id, l.performer_id, l.performer_id IS NOT DISTINCT FROM c.performer_id
                    FROM %1$I.billing_charge c JOIN %1$I.billing_invoiceline l ON l.charge_id = c.id AND l.live
                    WHERE c.id = $1 AND c.status = ''invoiced''', TG_TABLE_SCHEMA)
        INTO line, invoice, performer, agrees USING charge;
    IF line IS NULL THEN
        RETURN NULL;  -- on a draft, or on no invoice
    END IF;
    IF agrees THEN
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM (
                            SELECT l.performer_id, l.amount - l.tax AS earned
                            FROM %1$I.billing_invoiceline l WHERE l.invoice_id = $1
                            UNION ALL
                            SELECT l.performer_id, c.tax - c.gross FROM %1$I.billing_creditline c
                            JOIN %1$I.billing_invoiceline l ON l.id = c.line_id
                            JOIN %1$I.billing_creditnote n ON n.id = c.credit_note_id AND n.number IS NOT NULL
                            WHERE l.invoice_id = $1
                            UNION ALL
                            SELECT p.performer_id, p.amount FROM %1$I.billing_posting p
                            JOIN %1$I.billing_entry e ON e.id = p.entry_id
                            JOIN %1$I.billing_account a ON a.id = p.account_id AND a.key LIKE ''revenue.%%''
                            WHERE e.invoice_id = $1
                        ) AS one GROUP BY performer_id HAVING sum(earned) <> 0)
                        AND NOT EXISTS (SELECT FROM %1$I.billing_feemove m
                            JOIN %1$I.billing_feeaccount a ON a.id = m.account_id
                            WHERE m.line_id = $2 AND a.doctor_id IS DISTINCT FROM $3
                            GROUP BY a.id HAVING sum(m.amount) <> 0)', TG_TABLE_SCHEMA)
            INTO agrees USING invoice, line, performer;
    END IF;
    IF NOT agrees THEN
        RAISE EXCEPTION 'the work of line % moves together with its revenue and its fee', line
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# A fee stands on the account of who performs the line; whoever performed it before keeps nothing of it.
CHECK_MOVE = PERFORMERS.CHECK_MOVE.replace(
    """SELECT EXISTS (SELECT FROM %1$I.billing_invoiceline l
                            JOIN %1$I.billing_feeaccount a ON a.doctor_id = l.performer_id
                            WHERE l.id = $1 AND a.id = $2)'""",
    """SELECT EXISTS (SELECT FROM %1$I.billing_invoiceline l
                            JOIN %1$I.billing_feeaccount a ON a.doctor_id = l.performer_id
                            WHERE l.id = $1 AND a.id = $2)
                        OR (SELECT sum(amount) FROM %1$I.billing_feemove WHERE line_id = $1 AND account_id = $2) = 0'""",
)

CHANGED = (
    "CREATE CONSTRAINT TRIGGER performed AFTER UPDATE OF performer_id ON {} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (OLD.performer_id IS DISTINCT FROM NEW.performer_id) EXECUTE FUNCTION billing_check_performer()"
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0041_charges_by_time")]

    operations = [
        migrations.RemoveConstraint(model_name="entry", name="billing_entry_kind"),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="Kind"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="billing_entry_kind"
            ),
        ),
        *(
            migrations.RunSQL([(sql, None)], migrations.RunSQL.noop)
            for sql in (
                GUARD_CHARGE,
                GUARD_LINE,
                CHECK_PERFORMER,
                CHECK_MOVE,
                *(CHANGED.format(table) for table in ("billing_charge", "billing_invoiceline")),
            )
        ),
    ]
