"""What the database refuses about promotions, funds and discounts; their accounts for hospitals that are there."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS
from billing.chart import ACCOUNTS

# How often a promotion was used is counted here, under the lock of its row; its limit is a CHECK.
COUNT_USE = """
CREATE FUNCTION billing_count_use() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE step integer := CASE WHEN TG_OP = 'INSERT' THEN NEW.live::integer ELSE NEW.live::integer - OLD.live::integer END;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.promotion_id <> OLD.promotion_id OR NEW.invoice_id <> OLD.invoice_id
                             OR NEW.live AND NOT OLD.live) THEN
        RAISE EXCEPTION 'a use of a promotion stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('UPDATE %I.billing_promotion SET used = used + $2 WHERE id = $1', TG_TABLE_SCHEMA)
        USING NEW.promotion_id, step;
    RETURN NULL;
END;
$body$;
"""

# What stands on a fund's account is its balance; never below nothing (a CHECK), and only in the fund's own currency.
MOVE_FUND = """
CREATE FUNCTION billing_move_fund() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE foreign_posting boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM fresh JOIN %1$I.billing_fund f ON f.account_id = fresh.account_id
                                   WHERE f.currency <> fresh.currency)', TG_TABLE_SCHEMA) INTO foreign_posting;
    IF foreign_posting THEN
        RAISE EXCEPTION 'a fund has one currency' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('UPDATE %1$I.billing_fund f SET balance = f.balance - moved.sum, updated_at = now()
                    FROM (SELECT account_id, sum(amount) AS sum FROM fresh GROUP BY account_id) moved
                    WHERE f.account_id = moved.account_id', TG_TABLE_SCHEMA);
    RETURN NULL;
END;
$body$;
"""

# The balance moves only with postings: from inside a trigger.
GUARD_FUND = """
CREATE FUNCTION billing_guard_fund() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.account_id <> OLD.account_id OR NEW.currency <> OLD.currency
       OR (NEW.balance <> OLD.balance AND pg_trigger_depth() < 2) THEN
        RAISE EXCEPTION 'the balance of fund % is the ledger''s', OLD.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# Decided once; what was asked for stays.
GUARD_DECISION = """
CREATE FUNCTION billing_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := CASE WHEN TG_OP = 'DELETE' OR OLD.status <> 'requested' THEN '{}'::text[]
    ELSE '{status,decline_reason,decided_by_id,decided_at,updated_at}' END;
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION '% % is frozen', TG_TABLE_NAME, OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# An invoice leaves the draft: a discount above the limit has somebody else's word, an exemption one of its fund's
# concessions, a promotion its use.
GUARD_ISSUE = """
CREATE FUNCTION billing_guard_issue() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE most numeric; approved boolean; used boolean;
BEGIN
    IF NEW.discount_source = 'override' THEN
        EXECUTE format('SELECT coalesce((SELECT (value #>> ''{}'')::numeric FROM %I.core_preference
                                         WHERE key = ''billing.discount_limit''), 5)', TG_TABLE_SCHEMA) INTO most;
        IF NEW.discount_rate * 100 > most
           AND coalesce(NEW.discount_approved_by_id, NEW.discount_by_id) = NEW.issued_by_id THEN
            RAISE EXCEPTION 'the discount of invoice % was approved by nobody else', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.fund_id IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.billing_concession WHERE invoice_id = $1 AND fund_id = $2
                        AND rate = $3 AND status = ''approved'')', TG_TABLE_SCHEMA)
            INTO approved USING NEW.id, NEW.fund_id, NEW.exempt_rate;
        IF NOT approved THEN
            RAISE EXCEPTION 'the exemption of invoice % was approved by nobody', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.promotion_id IS NOT NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.billing_promotionuse WHERE invoice_id = $1
                        AND promotion_id = $2)', TG_TABLE_SCHEMA) INTO used USING NEW.id, NEW.promotion_id;
        IF NOT used THEN
            RAISE EXCEPTION 'the promotion of invoice % was not counted', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END;
$body$;
"""

TRIGGERS = [
    "CREATE TRIGGER count_use AFTER INSERT OR UPDATE ON billing_promotionuse"
    " FOR EACH ROW EXECUTE FUNCTION billing_count_use()",
    "CREATE TRIGGER move_fund AFTER INSERT ON billing_posting REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION billing_move_fund()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_fund FOR EACH ROW EXECUTE FUNCTION billing_guard_fund()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_concession"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_decision()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_fundgrant"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_decision()",
    "CREATE CONSTRAINT TRIGGER issue AFTER UPDATE ON billing_invoice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (OLD.status = 'draft' AND NEW.status = 'issued') EXECUTE FUNCTION billing_guard_issue()",
]


def add_accounts(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if not key.startswith("discount.") or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code = str(int(code) + 1)
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0018_concessions"), ("core", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
            for sql in (COUNT_USE, MOVE_FUND, GUARD_FUND, GUARD_DECISION, GUARD_ISSUE, *TRIGGERS)
        ),
        migrations.RunPython(add_accounts, migrations.RunPython.noop),
    ]
