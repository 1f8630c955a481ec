"""What the database adds up and refuses about doctors' fees; their accounts for hospitals that are there."""

from django.db import migrations

from audit.sql import LET_ERASURES_PASS
from billing.chart import ACCOUNTS

# What is owed is the sum of the moves, added up here under the lock of the account's row, each in its own currency.
ADD_UP = """
CREATE FUNCTION billing_add_up_fees() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE found integer;
BEGIN
    EXECUTE format('UPDATE %I.billing_feeaccount SET balance = balance + $2, updated_at = now()
                    WHERE id = $1 AND currency = $3', TG_TABLE_SCHEMA)
        USING NEW.account_id, NEW.amount, NEW.currency;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found <> 1 THEN
        RAISE EXCEPTION 'a fee moves an account of its own currency' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# The balance moves only from inside a trigger.
GUARD_ACCOUNT = """
CREATE FUNCTION billing_guard_fee_account() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE moving text[] := CASE WHEN pg_trigger_depth() > 1 THEN '{balance,updated_at}'::text[]
                              ELSE '{updated_at}' END;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'what a doctor is owed is the sum of moves' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# A share is never edited; it may end, earlier than it did.
GUARD_RULE = """
CREATE FUNCTION billing_guard_fee_rule() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{valid_to,updated_at}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{valid_to,updated_at}'::text[]
       OR coalesce(NEW.valid_to, 'infinity') > coalesce(OLD.valid_to, 'infinity') THEN
        RAISE EXCEPTION 'share % stays as it was agreed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$;
"""

# A payout is decided once, by nobody who gains or asked, and never pays more than is owed: the lock on the account makes
# a second one wait and then see the first. Cash leaves the open shift of whoever pays.
GUARD_PAYOUT = """
CREATE FUNCTION billing_guard_fee_payout() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    owed numeric; right_account boolean; open_for uuid;
    moving text[] := CASE WHEN TG_OP <> 'UPDATE' THEN '{}'::text[]
        WHEN OLD.status = 'requested' AND NEW.status = 'paid'
            THEN '{status,number,decided_by_id,decided_at,method,reference,shift_id,rate,rounding,updated_at}'
        WHEN OLD.status = 'requested' AND NEW.status = 'declined'
            THEN '{status,decline_reason,decided_by_id,decided_at,updated_at}'
        ELSE '{}' END;
BEGIN
    -- erasures pass --
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)
       OR (TG_OP = 'INSERT' AND NEW.status <> 'requested') THEN
        RAISE EXCEPTION 'payout % is frozen', coalesce(NEW.id, OLD.id)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.status = 'paid' AND OLD.status <> 'paid' THEN
        EXECUTE format('SELECT balance, doctor_id = $2 AND currency = $3 FROM %I.billing_feeaccount WHERE id = $1
                        FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
            INTO owed, right_account USING NEW.account_id, NEW.doctor_id, NEW.currency;
        IF right_account IS NOT TRUE OR owed < NEW.amount THEN
            RAISE EXCEPTION 'payout of % is more than is owed', NEW.amount
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.status = 'paid' AND NEW.method = 'cash' THEN
        EXECUTE format('SELECT cashier_id FROM %I.billing_shift WHERE id = $1 AND status = ''open'' FOR SHARE',
                       TG_TABLE_SCHEMA) INTO open_for USING NEW.shift_id;
        IF open_for IS DISTINCT FROM NEW.decided_by_id THEN
            RAISE EXCEPTION 'fees are paid in cash from an open shift of whoever pays'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$;
"""

# At commit: a payout that is paid moved exactly its amount, once, in its own account; another moved nothing.
CHECK_PAYOUT = """
CREATE FUNCTION billing_check_fee_payout() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE payout uuid := CASE WHEN TG_TABLE_NAME = 'billing_feepayout' THEN NEW.id
                            ELSE (to_jsonb(NEW) ->> 'payout_id')::uuid END; agrees boolean;
BEGIN
    EXECUTE format('SELECT coalesce(sum(m.amount), 0) = CASE WHEN p.status = ''paid'' THEN -p.amount ELSE 0 END
                        AND coalesce(bool_and(m.account_id = p.account_id), true)
                    FROM %1$I.billing_feepayout p LEFT JOIN %1$I.billing_feemove m ON m.payout_id = p.id
                    WHERE p.id = $1 GROUP BY p.id', TG_TABLE_SCHEMA) INTO agrees USING payout;
    IF agrees IS FALSE THEN
        RAISE EXCEPTION 'payout % and its move disagree', payout USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

# At commit: an entry's moves are what it posted to the account of what is owed to doctors.
CHECK_MOVE = """
CREATE FUNCTION billing_check_fee_move() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT (SELECT coalesce(sum(amount), 0) FROM %1$I.billing_feemove
                        WHERE entry_id = $1 AND currency = $2)
                    = (SELECT coalesce(-sum(p.amount), 0) FROM %1$I.billing_posting p
                        JOIN %1$I.billing_account a ON a.id = p.account_id AND a.key = ''doctor_fees''
                        WHERE p.entry_id = $1 AND p.currency = $2)', TG_TABLE_SCHEMA)
        INTO agrees USING NEW.entry_id, NEW.currency;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'the fees of entry % are not what it posted', NEW.entry_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$;
"""

AT_COMMIT = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
TRIGGERS = [
    "CREATE TRIGGER add_up AFTER INSERT ON billing_feemove FOR EACH ROW EXECUTE FUNCTION billing_add_up_fees()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_feeaccount"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_fee_account()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_feerule"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_fee_rule()",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON billing_feepayout"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_fee_payout()",
    f"CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_feepayout {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_fee_payout()",
    f"CREATE CONSTRAINT TRIGGER paid AFTER INSERT ON billing_feemove {AT_COMMIT} WHEN (NEW.payout_id IS NOT NULL)"
    " EXECUTE FUNCTION billing_check_fee_payout()",
    f"CREATE CONSTRAINT TRIGGER posted AFTER INSERT ON billing_feemove {AT_COMMIT}"
    " EXECUTE FUNCTION billing_check_fee_move()",
]


def add_accounts(apps, schema_editor):
    account = apps.get_model("billing", "Account")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        if key not in {"doctor_fees", "expense.doctor_fees"} or account.objects.filter(key=key).exists():
            continue
        while account.objects.filter(code=code).exists():  # the hospital's own chart has it
            code = str(int(code) + 1)
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0030_fees")]

    operations = [
        *(
            migrations.RunSQL([(sql.replace("-- erasures pass --", LET_ERASURES_PASS), None)], migrations.RunSQL.noop)
            for sql in (ADD_UP, GUARD_ACCOUNT, GUARD_RULE, GUARD_PAYOUT, CHECK_PAYOUT, CHECK_MOVE, *TRIGGERS)
        ),
        migrations.RunPython(add_accounts, migrations.RunPython.noop),
    ]
