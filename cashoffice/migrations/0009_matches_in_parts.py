"""A posting that the bank booked in parts is matched part by part, never by more than it is."""

from django.conf import settings
from django.db import migrations, models

import core.money

GUARDS = [
    # Live matches of a posting have its direction and come to no more than it; `guard`, before by name, holds the account.
    """
CREATE FUNCTION cashoffice_guard_match_part() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE fits boolean;
BEGIN
    EXECUTE format('SELECT sign(coalesce($2, p.amount)) = sign(p.amount)
            AND abs(coalesce($2, p.amount) + coalesce((SELECT sum(coalesce(m.amount, p.amount))
                FROM %1$I.cashoffice_match m WHERE m.posting_id = p.id AND m.undone_at IS NULL), 0)) <= abs(p.amount)
        FROM %1$I.billing_posting p WHERE p.id = $1', TG_TABLE_SCHEMA) INTO fits USING NEW.posting_id, NEW.amount;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'more is matched than the posting is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard_part BEFORE INSERT ON cashoffice_match"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_match_part()",
    # At commit: what a line says is matched is the sum of its postings, or of their parts.
    """
CREATE OR REPLACE FUNCTION cashoffice_check_match() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE line uuid; agrees boolean;
BEGIN
    line := CASE WHEN TG_TABLE_NAME = 'cashoffice_statementline' THEN NEW.id
                 ELSE (to_jsonb(NEW) ->> 'line_id')::uuid END;
    EXECUTE format('SELECT l.matched = coalesce((SELECT sum(coalesce(m.amount, p.amount)) FROM %1$I.cashoffice_match m
        JOIN %1$I.billing_posting p ON p.id = m.posting_id WHERE m.line_id = l.id AND m.undone_at IS NULL), 0)
        FROM %1$I.cashoffice_statementline l WHERE l.id = $1', TG_TABLE_SCHEMA) INTO agrees USING line;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'a line and its matches disagree' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0035_receipts_cleared"),
        ("cashoffice", "0008_clearings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="match",
            name="cashoffice_posting_matched_once",
        ),
        migrations.AddField(
            model_name="match",
            name="amount",
            field=core.money.MoneyAmountField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Part of the posting"
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(
                condition=models.Q(("amount__isnull", True), ("undone_at__isnull", True)),
                fields=("posting",),
                name="cashoffice_posting_matched_once",
            ),
        ),
        migrations.RunSQL([(sql, None) for sql in GUARDS], migrations.RunSQL.noop),
    ]
