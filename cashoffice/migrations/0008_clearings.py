"""What unknown receipts were. The database refuses what would explain one posting twice, or more than a receipt."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.ids
import core.models.base
import core.money

GUARDS = [
    # A match joins a line and a posting of the same account and currency; it is undone, never changed or deleted. What
    # clears a receipt or corrects the account is no line; what this line posted is parted only when nothing rests on
    # it. Whatever explains a posting holds its account, so a match and a clearing come one after the other.
    """
CREATE OR REPLACE FUNCTION cashoffice_guard_match() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE fits boolean;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.undone_at IS NOT NULL
           OR to_jsonb(NEW) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[])) THEN
        RAISE EXCEPTION 'a match is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT 1 FROM %1$I.billing_account a JOIN %1$I.billing_posting p ON p.account_id = a.id
        WHERE p.id = $1 FOR NO KEY UPDATE OF a', TG_TABLE_SCHEMA) USING NEW.posting_id;
    EXECUTE format('SELECT p.account_id = s.account_id AND p.currency = l.currency AND s.status = ''open''
            AND CASE WHEN $3 THEN
                e.kind NOT IN (''statement_undone'', ''receipt_cleared'', ''receipt_reopened'')
                AND NOT (e.kind = ''statement_line''
                         AND EXISTS (SELECT 1 FROM %1$I.billing_entry r WHERE r.reverses_id = e.id))
                AND NOT EXISTS (SELECT 1 FROM %1$I.cashoffice_clearing c
                                WHERE c.against_id = p.id AND c.undone_at IS NULL)
            ELSE
                e.kind <> ''statement_line'' OR e.source_id <> $4 OR NOT EXISTS (
                    SELECT 1 FROM %1$I.billing_posting o WHERE o.entry_id = e.id AND o.id <> p.id AND (
                        EXISTS (SELECT 1 FROM %1$I.cashoffice_match m WHERE m.posting_id = o.id AND m.undone_at IS NULL)
                        OR EXISTS (SELECT 1 FROM %1$I.cashoffice_clearing c
                                   WHERE o.id IN (c.receipt_id, c.against_id) AND c.undone_at IS NULL)))
            END
        FROM %1$I.cashoffice_statementline l JOIN %1$I.cashoffice_statement s ON s.id = l.statement_id,
             %1$I.billing_posting p JOIN %1$I.billing_entry e ON e.id = p.entry_id
        WHERE l.id = $1 AND p.id = $2 FOR SHARE OF s', TG_TABLE_SCHEMA)
        INTO fits USING NEW.line_id, NEW.posting_id, TG_OP = 'INSERT', NEW.id;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'this posting is not of the statement' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    # At commit: what a line posted itself is reversed when the two are parted.
    """
CREATE FUNCTION cashoffice_check_undone_match() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT e.kind <> ''statement_line'' OR e.source_id <> $1
            OR EXISTS (SELECT 1 FROM %1$I.billing_entry r WHERE r.reverses_id = e.id)
        FROM %1$I.billing_posting p JOIN %1$I.billing_entry e ON e.id = p.entry_id WHERE p.id = $2', TG_TABLE_SCHEMA)
        INTO agrees USING NEW.id, NEW.posting_id;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'what the line posted is not reversed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    "CREATE CONSTRAINT TRIGGER reversed AFTER UPDATE ON cashoffice_match DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (NEW.undone_at IS NOT NULL) EXECUTE FUNCTION cashoffice_check_undone_match()",
    # r: the receipt, m: the same entry's posting on the statement's account, g: what explains it, n: beside g.
    """
CREATE FUNCTION cashoffice_guard_clearing() RETURNS trigger LANGUAGE plpgsql AS $body$
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
            AND g.currency = r.currency AND g.amount = $3 AND sign(g.amount) = -sign(r.amount)
            AND abs(g.amount) <= abs(r.amount + coalesce((SELECT sum(amount) FROM live WHERE receipt_id = r.id), 0))
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
        INTO fits USING NEW.receipt_id, NEW.against_id, NEW.amount, NEW.entry_id IS NOT NULL;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'this is not what the receipt was' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_clearing"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_clearing()",
    # At commit: the entry moves just this amount from the statement's account to the receipt's, and is reversed when
    # the clearing is undone, only then.
    """
CREATE FUNCTION cashoffice_check_clearing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT e.kind = ''receipt_cleared'' AND e.source_id = c.id
            AND (c.undone_at IS NOT NULL) = EXISTS (SELECT 1 FROM %1$I.billing_entry x WHERE x.reverses_id = e.id)
            AND (SELECT count(*) = 2 AND bool_and(p.currency = r.currency AND (p.account_id, p.amount)
                     IN ((r.account_id, c.amount), (g.account_id, -c.amount)))
                 FROM %1$I.billing_posting p WHERE p.entry_id = e.id)
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
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON cashoffice_clearing DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (NEW.entry_id IS NOT NULL) EXECUTE FUNCTION cashoffice_check_clearing()",
]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0035_receipts_cleared"),
        ("cashoffice", "0007_rule_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clearing",
            fields=[
                ("id", models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", core.models.base.TouchedAtField(default=core.clock.now, editable=False)),
                ("amount", core.money.MoneyAmountField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="Undone")),
                (
                    "undo_reason",
                    core.fields.EncryptedTextField(blank=True, default="", max_length=200, verbose_name="Reason"),
                ),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cleared_receipts",
                        to="billing.posting",
                        verbose_name="Explained by the posting",
                    ),
                ),
                (
                    "cleared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Explained by",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearing",
                        to="billing.entry",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clearings", to="billing.posting"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Explanation of a receipt",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("against",),
                        name="cashoffice_cleared_against_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("receipt", models.F("against")), _negated=True),
                            models.Q(("amount", 0), _negated=True),
                        ),
                        name="cashoffice_clearing_against_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cashoffice_clearing_undone",
                    ),
                ],
            },
        ),
        migrations.RunSQL([(sql, None) for sql in GUARDS], migrations.RunSQL.noop),
    ]
