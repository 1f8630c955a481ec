"""Every posting also says what it is worth in the currency the books are kept in, and the database adds that up too."""

from django.db import migrations, models
from django.db.models import Q

import core.money

# Posted before: worth at the rate of its receipt, its invoice, or its day. Rows of the ledger are never updated, so the
# columns are filled while they are made.
FILL = """
CREATE TEMPORARY TABLE entry_rate (id uuid PRIMARY KEY, rate numeric) ON COMMIT DROP;
INSERT INTO entry_rate SELECT e.id, coalesce(p.rate, i.rate,
    (SELECT r.riel_per_dollar FROM billing_exchangerate r ORDER BY r.effective_on > e.date,
        CASE WHEN r.effective_on > e.date THEN r.effective_on - e.date ELSE e.date - r.effective_on END,
        r.created_at DESC LIMIT 1))
    FROM billing_entry e LEFT JOIN billing_payment p ON p.id = e.payment_id
    LEFT JOIN billing_invoice i ON i.id = e.invoice_id;
CREATE TEMPORARY TABLE posting_worth (id uuid PRIMARY KEY, worth numeric) ON COMMIT DROP;
INSERT INTO posting_worth SELECT id, CASE WHEN currency = 'USD' THEN amount
        ELSE round(reached / rate, 2) - round((reached - amount) / rate, 2) END
    FROM (SELECT p.id, p.currency, p.amount, r.rate,
                 sum(p.amount) OVER (PARTITION BY p.entry_id, p.currency, p.amount > 0 ORDER BY p.id) AS reached
          FROM billing_posting p JOIN entry_rate r ON r.id = p.entry_id) AS sides;
CREATE OR REPLACE FUNCTION pg_temp.rate_of(uuid) RETURNS numeric LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT rate FROM pg_temp.entry_rate WHERE id = $1); END';
CREATE OR REPLACE FUNCTION pg_temp.worth_of(uuid) RETURNS numeric LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT worth FROM pg_temp.posting_worth WHERE id = $1); END';
ALTER TABLE billing_entry ADD COLUMN rate numeric(10, 2);
ALTER TABLE billing_entry ALTER COLUMN rate TYPE numeric(10, 2) USING pg_temp.rate_of(id);
ALTER TABLE billing_posting ADD COLUMN base_amount numeric(14, 2);
ALTER TABLE billing_posting ALTER COLUMN base_amount TYPE numeric(14, 2) USING pg_temp.worth_of(id);
ALTER TABLE billing_posting ALTER COLUMN base_amount SET NOT NULL;
"""

# At commit: two sides at least, nothing left over in any currency nor in the base, and each worth within one smallest
# unit of what the entry's rate makes of its amount.
CHECK_ENTRY = """
CREATE OR REPLACE FUNCTION billing_check_entry() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE entry uuid; sides integer; unbalanced text; base_sum numeric; untrue integer;
BEGIN
    entry := CASE WHEN TG_TABLE_NAME = 'billing_entry' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'entry_id')::uuid END;
    EXECUTE format('SELECT count(*), sum(p.base_amount), count(*) FILTER (WHERE CASE
            WHEN p.currency = e.base_currency THEN p.base_amount <> p.amount
            WHEN e.rate IS NULL THEN true
            WHEN e.base_currency = ''USD'' THEN abs(p.base_amount - p.amount / e.rate) > 0.01
            ELSE abs(p.base_amount - p.amount * e.rate) > 1 END)
        FROM %1$I.billing_posting p JOIN %1$I.billing_entry e ON e.id = p.entry_id WHERE e.id = $1', TG_TABLE_SCHEMA)
        INTO sides, base_sum, untrue USING entry;
    EXECUTE format('SELECT string_agg(currency, '','') FROM (SELECT currency FROM %I.billing_posting
                    WHERE entry_id = $1 GROUP BY currency HAVING sum(amount) <> 0) AS uneven', TG_TABLE_SCHEMA)
        INTO unbalanced USING entry;
    IF sides < 2 OR unbalanced IS NOT NULL OR base_sum <> 0 THEN
        RAISE EXCEPTION 'entry % does not balance (%)', entry,
            CASE WHEN sides < 2 THEN 'no postings' ELSE coalesce(unbalanced, 'in its base currency') END
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF untrue > 0 THEN
        RAISE EXCEPTION 'entry % is not worth what its rate says', entry
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="base_currency",
            field=core.money.CurrencyField(default="USD", verbose_name="Base currency"),
            preserve_default=False,
        ),
        migrations.RunSQL(
            [FILL],
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="entry",
                    name="rate",
                    field=models.DecimalField(
                        decimal_places=2, max_digits=10, null=True, verbose_name="Riel per dollar"
                    ),
                ),
                migrations.AddField(
                    model_name="posting",
                    name="base_amount",
                    field=models.DecimalField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="In base currency"
                    ),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=Q(base_currency__in=["USD", "KHR"]), name="billing_entry_base"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=Q(rate__isnull=True) | Q(rate__gt=0), name="billing_entry_rate"
            ),
        ),
        migrations.RunSQL([CHECK_ENTRY], migrations.RunSQL.noop),
    ]
