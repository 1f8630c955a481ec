"""To which branch each side of an entry belongs: a debt to its invoice's, a deposit to the one that keeps it."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from billing.chart import ACCOUNTS

BASE = import_module("billing.migrations.0003_base_currency")

# What was posted before: debts and deposits go home, all else stays with the entry's branch. Rows of the ledger are
# never updated, so the columns are filled while they are made.
FILL = """
CREATE TEMPORARY TABLE account_home ON COMMIT DROP AS
    SELECT DISTINCT ON (m.account_id) m.account_id AS id, e.branch_id AS home
    FROM billing_depositmove m JOIN billing_entry e ON e.id = m.entry_id ORDER BY m.account_id, m.id;
CREATE TEMPORARY TABLE posting_home ON COMMIT DROP AS
    SELECT p.id, coalesce(
        CASE WHEN a.key IN ('receivable', 'receivable.payers') THEN i.branch_id END,
        CASE WHEN a.key = 'deposits' THEN (
            SELECT h.home FROM billing_depositmove m JOIN account_home h ON h.id = m.account_id
            WHERE m.entry_id = e.id AND m.currency = p.currency ORDER BY m.id LIMIT 1) END,
        e.branch_id) AS home
    FROM billing_posting p JOIN billing_entry e ON e.id = p.entry_id JOIN billing_account a ON a.id = p.account_id
    LEFT JOIN billing_invoice i ON i.id = e.invoice_id;
CREATE UNIQUE INDEX ON posting_home (id);
CREATE OR REPLACE FUNCTION pg_temp.home_of_account(uuid) RETURNS uuid LANGUAGE plpgsql AS
    'BEGIN RETURN coalesce((SELECT home FROM pg_temp.account_home WHERE id = $1),
                           (SELECT id FROM accounts_branch ORDER BY code LIMIT 1)); END';
CREATE OR REPLACE FUNCTION pg_temp.home_of_posting(uuid) RETURNS uuid LANGUAGE plpgsql AS
    'BEGIN RETURN (SELECT home FROM pg_temp.posting_home WHERE id = $1); END';
ALTER TABLE billing_depositaccount ADD COLUMN branch_id uuid;
ALTER TABLE billing_depositaccount ALTER COLUMN branch_id TYPE uuid USING pg_temp.home_of_account(id);
ALTER TABLE billing_depositaccount ALTER COLUMN branch_id SET NOT NULL, ADD CONSTRAINT billing_depositaccount_branch_id_fk
    FOREIGN KEY (branch_id) REFERENCES accounts_branch (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX billing_depositaccount_branch_id ON billing_depositaccount (branch_id);
ALTER TABLE billing_posting ADD COLUMN branch_id uuid;
ALTER TABLE billing_posting ALTER COLUMN branch_id TYPE uuid USING pg_temp.home_of_posting(id);
ALTER TABLE billing_posting ALTER COLUMN branch_id SET NOT NULL, ADD CONSTRAINT billing_posting_branch_id_fk
    FOREIGN KEY (branch_id) REFERENCES accounts_branch (id) DEFERRABLE INITIALLY DEFERRED;
"""

# A deposit that came off the accounts of two branches stands on one posting: the further ones' part goes to theirs.
SPREAD = """
INSERT INTO billing_posting
    (id, created_at, updated_at, entry_id, account_id, currency, amount, base_amount, branch_id, date)
SELECT gen_random_uuid(), now(), now(), m.entry_id, p.account_id, m.currency, side.sign * m.amount,
    side.sign * round(m.amount * p.base_amount / p.amount, 2), side.branch_id, p.date
FROM billing_depositmove m JOIN pg_temp.account_home h ON h.id = m.account_id
CROSS JOIN LATERAL (
    SELECT o.* FROM billing_posting o JOIN billing_account a ON a.id = o.account_id AND a.key = 'deposits'
    WHERE o.entry_id = m.entry_id AND o.currency = m.currency ORDER BY o.id LIMIT 1) AS p
CROSS JOIN LATERAL (VALUES (h.home, -1), (p.branch_id, 1)) AS side (branch_id, sign)
WHERE h.home <> p.branch_id;
"""

# What went home from an entry of another branch stands between the two.
BALANCE = """
INSERT INTO billing_posting
    (id, created_at, updated_at, entry_id, account_id, currency, amount, base_amount, branch_id, date)
SELECT gen_random_uuid(), now(), now(), p.entry_id, a.id, p.currency, side.sign * p.amount, side.sign * p.base_amount,
    side.branch_id, p.date
FROM billing_posting p JOIN billing_entry e ON e.id = p.entry_id AND e.branch_id <> p.branch_id
JOIN billing_account a ON a.key = 'between_branches'
CROSS JOIN LATERAL (VALUES (p.branch_id, -1), (e.branch_id, 1)) AS side (branch_id, sign);
SET CONSTRAINTS ALL IMMEDIATE;
"""

# At commit: each branch's sides leave nothing over, in any currency nor in the base, and debts are where they belong.
CHECK_ENTRY = (
    BASE.CHECK_ENTRY.replace("untrue integer;", "untrue integer; astray integer;")
    .replace(
        "count(*), sum(p.base_amount),",
        "count(*), (SELECT max(abs(o.worth)) FROM (SELECT sum(w.base_amount) AS worth FROM %1$I.billing_posting w"
        " WHERE w.entry_id = $1 GROUP BY w.branch_id) AS o),",
    )
    .replace(
        "FROM %1$I.billing_posting p JOIN %1$I.billing_entry e ON e.id = p.entry_id WHERE",
        ", count(*) FILTER (WHERE a.key IN (''receivable'', ''receivable.payers'') AND p.branch_id <> i.branch_id)"
        " FROM %1$I.billing_posting p JOIN %1$I.billing_entry e ON e.id = p.entry_id"
        " JOIN %1$I.billing_account a ON a.id = p.account_id"
        " LEFT JOIN %1$I.billing_invoice i ON i.id = e.invoice_id WHERE",
    )
    .replace("INTO sides, base_sum, untrue USING", "INTO sides, base_sum, untrue, astray USING")
    .replace("GROUP BY currency HAVING", "GROUP BY currency, branch_id HAVING")
    .replace(
        "    IF untrue > 0 THEN",
        """    IF astray > 0 THEN
        RAISE EXCEPTION 'a debt of entry % belongs to the branch of its invoice', entry
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF untrue > 0 THEN""",
    )
)


def add_account(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key != "between_branches" or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code = str(int(code) + 1)
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


def _branch(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.branch",
        verbose_name="Branch",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("billing", "0038_settled_credits")]

    operations = [
        migrations.RunPython(add_account, migrations.RunPython.noop),
        migrations.RunSQL(
            [(FILL, None)],
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="depositaccount", name="branch", field=_branch(default=None), preserve_default=False
                ),
                migrations.AddField(
                    model_name="posting",
                    name="branch",
                    field=_branch(db_index=False, default=None),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.RunSQL([(CHECK_ENTRY, None)], migrations.RunSQL.noop),
        migrations.RunSQL([(SPREAD, None)], migrations.RunSQL.noop),
        migrations.RunSQL([(BALANCE, None)], migrations.RunSQL.noop),
    ]
