"""What the database refuses about deposits, and the accounts of the chart that hospitals from before do not have."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS
from billing.chart import ACCOUNTS

# Of what is held only the balance moves, and it never goes away.
GUARD_ACCOUNT = """
CREATE FUNCTION billing_guard_deposit_account() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{balance,updated_at}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{balance,updated_at}'::text[] THEN
        RAISE EXCEPTION 'deposit account % stays', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# A refund is decided once and paid out once, in the open shift of the cashier who pays it.
GUARD_REFUND = """
CREATE FUNCTION billing_guard_deposit_refund() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    allowed boolean;
    moving text[] := CASE WHEN TG_OP = 'DELETE' THEN '{}'::text[]
        WHEN OLD.status = 'requested' AND NEW.status = 'approved' THEN '{status,decided_by_id,decided_at,updated_at}'
        WHEN OLD.status IN ('requested', 'approved') AND NEW.status = 'declined'
            THEN '{status,decline_reason,decided_by_id,decided_at,updated_at}'
        WHEN OLD.status = 'approved' AND NEW.status = 'refunded'
            THEN '{status,number,shift_id,cashier_id,paid_at,method,reference,rate,rounding,updated_at}'
        ELSE '{}' END;
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'refund of a deposit % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'refunded' AND OLD.status <> 'refunded' THEN
        EXECUTE format('SELECT status = ''open'' AND cashier_id = $2 FROM %I.billing_shift WHERE id = $1 FOR SHARE',
                       TG_TABLE_SCHEMA) INTO allowed USING NEW.shift_id, NEW.cashier_id;
        IF allowed IS NOT TRUE THEN
            RAISE EXCEPTION 'a deposit is paid back in an open shift of its cashier'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: what is held is the sum of its moves, each in the account's own currency.
CHECK_ACCOUNT = """
CREATE FUNCTION billing_check_deposit_account() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE account uuid; agrees boolean;
BEGIN
    account := CASE WHEN TG_TABLE_NAME = 'billing_depositaccount' THEN NEW.id
                    ELSE (to_jsonb(NEW) ->> 'account_id')::uuid END;
    EXECUTE format('SELECT a.balance = coalesce(sum(m.amount), 0) AND coalesce(bool_and(m.currency = a.currency), true)
                    FROM %1$I.billing_depositaccount a LEFT JOIN %1$I.billing_depositmove m ON m.account_id = a.id
                    WHERE a.id = $1 GROUP BY a.id', TG_TABLE_SCHEMA) INTO agrees USING account;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'deposit account % and its moves disagree', account
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# At commit: a move is what its paper says, in each currency; a paper that says deposit has moved one.
CHECK_MOVE = """
CREATE FUNCTION billing_check_deposit_move() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE row jsonb := to_jsonb(NEW); uneven text;
BEGIN
    EXECUTE format('SELECT string_agg(currency, '','') FROM (
        SELECT currency, sum(amount) AS amount FROM (
            SELECT currency, amount FROM %1$I.billing_depositmove
                WHERE deposit_id = $1 OR payment_id = $2 OR refund_id = $3 OR credit_id = $4
            UNION ALL SELECT currency, -amount FROM %1$I.billing_deposittender WHERE deposit_id = $1
            UNION ALL SELECT currency, amount FROM %1$I.billing_tender WHERE payment_id = $2 AND method = ''deposit''
            UNION ALL SELECT currency, amount FROM %1$I.billing_depositrefund WHERE id = $3 AND status = ''refunded''
            UNION ALL SELECT p.currency, -p.amount FROM %1$I.billing_refundpart p
                JOIN %1$I.billing_refund r ON r.id = p.refund_id WHERE r.id = $4 AND r.method = ''deposit''
        ) AS sides GROUP BY currency HAVING sum(amount) <> 0) AS sums', TG_TABLE_SCHEMA) INTO uneven USING
        CASE WHEN TG_TABLE_NAME = 'billing_deposit' THEN NEW.id ELSE (row ->> 'deposit_id')::uuid END,
        (row ->> 'payment_id')::uuid,
        CASE WHEN TG_TABLE_NAME = 'billing_depositrefund' THEN NEW.id
             WHEN TG_TABLE_NAME = 'billing_depositmove' THEN (row ->> 'refund_id')::uuid END,
        CASE WHEN TG_TABLE_NAME = 'billing_refund' THEN NEW.id ELSE (row ->> 'credit_id')::uuid END;
    IF uneven IS NOT NULL THEN
        RAISE EXCEPTION 'a deposit and its papers disagree in %', uneven
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

AT_COMMIT = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_depositaccount"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_deposit_account()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_depositrefund"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_deposit_refund()",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_deposit FOR EACH ROW WHEN (NEW.shift_id IS NOT NULL)"
    " EXECUTE FUNCTION billing_guard_payment()",
    f"CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_depositaccount {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_account()",
    f"CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON billing_depositmove {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_account()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER INSERT ON billing_depositmove {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_move()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER INSERT ON billing_deposit {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_move()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER INSERT ON billing_deposittender {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_move()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER UPDATE ON billing_depositrefund {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_deposit_move()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER INSERT ON billing_tender {AT_COMMIT}"
    " WHEN (NEW.method = 'deposit') EXECUTE FUNCTION billing_check_deposit_move()",
    f"CREATE CONSTRAINT TRIGGER papers AFTER INSERT ON billing_refund {AT_COMMIT}"
    " WHEN (NEW.method = 'deposit') EXECUTE FUNCTION billing_check_deposit_move()",
]


def add_accounts(apps, schema_editor):
    """Accounts of the chart that came later; a number that the hospital uses for something else gets a letter."""
    account = apps.get_model("billing", "Account")
    known = set(account.objects.values_list("key", flat=True))
    codes = set(account.objects.values_list("code", flat=True))
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key in known:
            continue
        account.objects.create(
            key=key,
            code=code if code not in codes else f"{code}A",
            kind=kind,
            name=english,
            name_en=english,
            name_km=khmer,
            name_zh_hans=chinese,
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_deposits")]

    operations = [
        *(
            migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
            for sql in (GUARD_ACCOUNT, GUARD_REFUND, CHECK_ACCOUNT, CHECK_MOVE, *TRIGGERS)
        ),
        migrations.RunPython(add_accounts, migrations.RunPython.noop),
    ]
