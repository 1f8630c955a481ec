"""What the database itself refuses about vouchers and transfers, and the reasons every hospital starts with.

Functions name their tables through TG_TABLE_SCHEMA; all refusals are integrity errors.
"""

from django.db import migrations

from cashoffice.reasons import REASONS

# What lies in a shift's drawer in the ledger, less what is sent to others and not answered.
IN_DRAWER = """coalesce((SELECT sum(p.amount) FROM %1$I.billing_posting p JOIN %1$I.billing_account a
        ON a.id = p.account_id WHERE a.key = ''drawer'' AND p.shift_id = $1 AND p.currency = ''{currency}''), 0)
    - coalesce((SELECT sum(t.{column}) FROM %1$I.cashoffice_transfer t
        WHERE t.sender_id = $1 AND t.status = ''sent''), 0)"""
LYING = f"SELECT {IN_DRAWER.format(currency='USD', column='usd')}, {IN_DRAWER.format(currency='KHR', column='khr')}"

# A voucher is written in its author's open shift, and posted while that shift is open and holds what leaves it. The
# lock on the shift makes two vouchers of one drawer come one after the other, and a count wait for them.
GUARD_VOUCHER = f"""
CREATE FUNCTION cashoffice_guard_voucher() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP <> 'UPDATE' THEN '{{}}'::text[]
        WHEN OLD.status = 'requested' AND NEW.status = 'posted'
            THEN '{{status,number,posted_at,decided_by_id,decided_at,updated_at}}'
        WHEN OLD.status = 'requested' AND NEW.status = 'declined'
            THEN '{{status,decline_reason,decided_by_id,decided_at,updated_at}}'
        WHEN OLD.status = 'requested' AND NEW.status = 'withdrawn' THEN '{{status,updated_at}}'
        ELSE '{{}}' END;
    open_for uuid; has_usd numeric; has_khr numeric;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)
       OR (TG_OP = 'INSERT' AND NEW.status <> 'requested') THEN
        RAISE EXCEPTION 'voucher % is frozen', coalesce(NEW.id, OLD.id)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.status = 'posted' THEN
        EXECUTE format('SELECT cashier_id FROM %I.billing_shift WHERE id = $1 AND status = ''open''
                        FOR NO KEY UPDATE', TG_TABLE_SCHEMA) INTO open_for USING NEW.shift_id;
        IF open_for IS DISTINCT FROM NEW.requested_by_id THEN
            RAISE EXCEPTION 'voucher outside an open shift of its author'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.status = 'posted' AND NEW.direction = 'out' THEN
        EXECUTE format('{LYING}', TG_TABLE_SCHEMA) INTO has_usd, has_khr USING NEW.shift_id;
        IF NEW.usd > has_usd OR NEW.khr > has_khr THEN
            RAISE EXCEPTION 'voucher takes more out than lies in the drawer'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$
"""

# At commit: a posted voucher moved exactly its amounts in its own drawer.
CHECK_VOUCHER = """
CREATE FUNCTION cashoffice_check_voucher() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT v.status <> ''posted'' OR (
            coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD''), 0)
                = CASE WHEN v.direction = ''out'' THEN -v.usd ELSE v.usd END
            AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR''), 0)
                = CASE WHEN v.direction = ''out'' THEN -v.khr ELSE v.khr END)
        FROM %1$I.cashoffice_voucher v
        LEFT JOIN %1$I.billing_entry e ON e.kind = ''cash_voucher'' AND e.source_id = v.id
        LEFT JOIN %1$I.billing_posting p ON p.entry_id = e.id AND p.shift_id = v.shift_id
        WHERE v.id = $1 GROUP BY v.id', TG_TABLE_SCHEMA) INTO agrees USING NEW.id;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'voucher % and its entry disagree', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
"""

# Cash is sent between open shifts of a branch and never more than lies there; it is answered once. Both shifts are
# locked in the order of their ids.
GUARD_TRANSFER = f"""
CREATE FUNCTION cashoffice_guard_transfer() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'sent' AND NEW.status <> 'sent'
        THEN '{{status,answered_by_id,answered_at,decline_reason,updated_at}}'::text[] ELSE '{{}}' END;
    open_shifts integer; branches integer; sends uuid; receives uuid; has_usd numeric; has_khr numeric;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)
       OR (TG_OP = 'INSERT' AND NEW.status <> 'sent') THEN
        RAISE EXCEPTION 'transfer % is frozen', coalesce(NEW.number, OLD.number)
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.status = 'received' THEN
        EXECUTE format('SELECT count(*) FILTER (WHERE status = ''open''), count(DISTINCT branch_id),
                max(cashier_id::text) FILTER (WHERE id = $1), max(cashier_id::text) FILTER (WHERE id = $2)
            FROM (SELECT * FROM %I.billing_shift WHERE id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE) AS both_shifts',
            TG_TABLE_SCHEMA) INTO open_shifts, branches, sends, receives USING NEW.sender_id, NEW.receiver_id;
        IF open_shifts <> 2 OR branches <> 1 OR sends <> NEW.sent_by_id
           OR (NEW.status = 'received' AND receives IS DISTINCT FROM NEW.answered_by_id) THEN
            RAISE EXCEPTION 'transfer outside open shifts of its cashiers'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('{LYING}', TG_TABLE_SCHEMA) INTO has_usd, has_khr USING NEW.sender_id;
        IF NEW.usd > has_usd OR NEW.khr > has_khr THEN
            RAISE EXCEPTION 'transfer sends more than lies in the drawer'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$
"""

# At commit: what was received left the one drawer and lies in the other; what was not received moved nothing.
CHECK_TRANSFER = """
CREATE FUNCTION cashoffice_check_transfer() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT
            coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD'' AND p.shift_id = t.sender_id), 0)
                = CASE WHEN t.status = ''received'' THEN -t.usd ELSE 0 END
            AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD'' AND p.shift_id = t.receiver_id), 0)
                = CASE WHEN t.status = ''received'' THEN t.usd ELSE 0 END
            AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR'' AND p.shift_id = t.sender_id), 0)
                = CASE WHEN t.status = ''received'' THEN -t.khr ELSE 0 END
            AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR'' AND p.shift_id = t.receiver_id), 0)
                = CASE WHEN t.status = ''received'' THEN t.khr ELSE 0 END
        FROM %1$I.cashoffice_transfer t
        LEFT JOIN %1$I.billing_entry e ON e.kind = ''cash_transfer'' AND e.source_id = t.id
        LEFT JOIN %1$I.billing_posting p ON p.entry_id = e.id
        WHERE t.id = $1 GROUP BY t.id', TG_TABLE_SCHEMA) INTO agrees USING NEW.id;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'transfer % and its entry disagree', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
"""

# A drawer is not counted while cash of its shift is on the way, or a voucher waits.
GUARD_COUNT = """
CREATE FUNCTION cashoffice_guard_count() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE hindered boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.cashoffice_transfer WHERE sender_id = $1 AND status = ''sent'')
        OR EXISTS (SELECT 1 FROM %1$I.cashoffice_voucher WHERE shift_id = $1 AND status = ''requested'')',
        TG_TABLE_SCHEMA) INTO hindered USING NEW.id;
    IF hindered THEN
        RAISE EXCEPTION 'shift % has cash on the way', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
"""

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_voucher"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_voucher()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON cashoffice_voucher DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_check_voucher()",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_transfer"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_transfer()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON cashoffice_transfer DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_check_transfer()",
    "CREATE TRIGGER guard_count BEFORE UPDATE ON billing_shift FOR EACH ROW"
    " WHEN (OLD.status = 'open' AND NEW.status <> 'open') EXECUTE FUNCTION cashoffice_guard_count()",
]


def seed(apps, schema_editor):
    account, reason = apps.get_model("billing", "Account"), apps.get_model("cashoffice", "VoucherReason")
    accounts = {one.key: one for one in account.objects.all()}
    for code, direction, key, limited, english, khmer, chinese in REASONS:
        reason.objects.create(
            code=code, direction=direction, account=accounts[key], is_limited=limited,
            name=english, name_en=english, name_km=khmer, name_zh_hans=chinese,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0001_initial"), ("billing", "0009_cash_office_kinds")]

    operations = [
        *(
            migrations.RunSQL([(sql, None)], migrations.RunSQL.noop)
            for sql in (GUARD_VOUCHER, CHECK_VOUCHER, GUARD_TRANSFER, CHECK_TRANSFER, GUARD_COUNT, *TRIGGERS)
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
