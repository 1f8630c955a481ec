"""What the database refuses about deposits, closed days and statements."""

from django.db import migrations

FUNCTIONS = [
    # A deposit takes no more than its accepted shifts brought to the safe, of its own branch; its steps go one way.
    """
CREATE FUNCTION cashoffice_guard_deposit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP = 'DELETE' THEN '{}'::text[]
        WHEN OLD.status = 'prepared' AND NEW.status = 'handed_over' THEN '{status,handed_by_id,handed_at,updated_at}'
        WHEN OLD.status = 'prepared' AND NEW.status = 'cancelled' THEN '{status,updated_at}'
        WHEN OLD.status = 'handed_over' AND NEW.status = 'banked' THEN '{status,slip,banked_by_id,banked_at,updated_at}'
        ELSE '{}' END;
    brought_usd numeric; brought_khr numeric; wrong integer;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'deposit % is frozen', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'handed_over' THEN
        EXECUTE format('SELECT coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD''), 0),
                coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR''), 0)
            FROM %1$I.cashoffice_depositshift d JOIN %1$I.billing_entry e ON e.shift_id = d.shift_id
            JOIN %1$I.billing_posting p ON p.entry_id = e.id JOIN %1$I.billing_account a ON a.id = p.account_id
            WHERE d.deposit_id = $1 AND d.is_live AND a.key = ''safe''', TG_TABLE_SCHEMA)
            INTO brought_usd, brought_khr USING NEW.id;
        EXECUTE format('SELECT count(*) FROM %1$I.cashoffice_depositshift d JOIN %1$I.billing_shift s
            ON s.id = d.shift_id WHERE d.deposit_id = $1 AND (s.status <> ''reconciled'' OR s.branch_id <> $2)',
            TG_TABLE_SCHEMA) INTO wrong USING NEW.id, NEW.branch_id;
        IF wrong > 0 OR NEW.usd > brought_usd OR NEW.khr > brought_khr THEN
            RAISE EXCEPTION 'deposit % is more than its accepted shifts brought', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON cashoffice_deposit"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_deposit()",
    # A bundle is put together while its deposit is prepared, and let go when that is cancelled.
    """
CREATE FUNCTION cashoffice_guard_bundle() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE deposit_status text;
BEGIN
    EXECUTE format('SELECT status FROM %I.cashoffice_deposit WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO deposit_status USING coalesce(NEW.deposit_id, OLD.deposit_id);
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND deposit_status <> 'prepared')
       OR (TG_OP = 'UPDATE' AND (deposit_status <> 'cancelled' OR NEW.is_live
           OR to_jsonb(NEW) - '{is_live,updated_at}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{is_live,updated_at}'::text[])) THEN
        RAISE EXCEPTION 'the bundle of a deposit is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_depositshift"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_bundle()",
    # At commit: what was handed over left the safe, what was banked arrived; amounts are the deposit's own.
    """
CREATE FUNCTION cashoffice_check_deposit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE agrees boolean;
BEGIN
    EXECUTE format('SELECT d.status NOT IN (''handed_over'', ''banked'') OR (
            (SELECT count(*) = 2 * (d.usd > 0)::int + 2 * (d.khr > 0)::int
                    AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD'' AND a.key = ''safe''), 0) = -d.usd
                    AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR'' AND a.key = ''safe''), 0) = -d.khr
             FROM %1$I.billing_entry e JOIN %1$I.billing_posting p ON p.entry_id = e.id
             JOIN %1$I.billing_account a ON a.id = p.account_id
             WHERE e.kind = ''deposit_sent'' AND e.source_id = d.id)
            AND (d.status <> ''banked'' OR (SELECT
                    coalesce(sum(p.amount) FILTER (WHERE p.currency = ''USD'' AND a.key = ''bank''), 0) = d.usd
                    AND coalesce(sum(p.amount) FILTER (WHERE p.currency = ''KHR'' AND a.key = ''bank''), 0) = d.khr
             FROM %1$I.billing_entry e JOIN %1$I.billing_posting p ON p.entry_id = e.id
             JOIN %1$I.billing_account a ON a.id = p.account_id
             WHERE e.kind = ''deposit_banked'' AND e.source_id = d.id)))
        FROM %1$I.cashoffice_deposit d WHERE d.id = $1', TG_TABLE_SCHEMA) INTO agrees USING NEW.id;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'deposit % and its entries disagree', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON cashoffice_deposit DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_check_deposit()",
    # A closed day takes no entry of its branch. The shared lock of billing_guard_entry was taken before this trigger
    # (by name): a closing waits for entries under way, and entries wait for a closing. The constraint's name tells
    # billing.services.journal what to say.
    """
CREATE FUNCTION cashoffice_guard_day() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE closed boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.cashoffice_dayclosing WHERE branch_id = $1 AND date = $2)',
                   TG_TABLE_SCHEMA) INTO closed USING NEW.branch_id, NEW.date;
    IF closed THEN
        RAISE EXCEPTION 'the day % is closed', NEW.date
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cash_day_closed';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard_day BEFORE INSERT ON billing_entry FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_day()",
    # A day is closed when no shift of its branch that moved money on it still runs or waits for a review.
    """
CREATE FUNCTION cashoffice_guard_closing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE unsettled boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.books', 0));
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.billing_shift s WHERE s.branch_id = $1
            AND (s.status IN (''open'', ''counted'') OR s.status = ''closed'' AND EXISTS (
                SELECT 1 FROM %1$I.cashoffice_variance v WHERE v.shift_id = s.id AND v.status = ''waiting''))
            AND EXISTS (SELECT 1 FROM %1$I.billing_entry e WHERE e.shift_id = s.id AND e.date <= $2))',
        TG_TABLE_SCHEMA) INTO unsettled USING NEW.branch_id, NEW.date;
    IF unsettled THEN
        RAISE EXCEPTION 'the day % cannot be closed yet', NEW.date USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT ON cashoffice_dayclosing"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_closing()",
    # A statement is accepted when every line is explained to the cent; then nothing of it moves.
    """
CREATE FUNCTION cashoffice_guard_statement() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    moving text[] := CASE WHEN TG_OP = 'UPDATE' AND OLD.status = 'open' AND NEW.status = 'accepted'
        THEN '{status,accepted_by_id,accepted_at,updated_at}'::text[] ELSE '{}' END;
    left_over boolean;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'a statement is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.cashoffice_statementline WHERE statement_id = $1
        AND amount <> matched)', TG_TABLE_SCHEMA) INTO left_over USING NEW.id;
    IF NEW.status = 'accepted' AND left_over THEN
        RAISE EXCEPTION 'lines of the statement are not explained' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON cashoffice_statement"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_statement()",
    # Of a line only what is matched moves. The share lock makes an acceptance wait, or refuses the line afterwards.
    """
CREATE FUNCTION cashoffice_guard_statement_line() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE accepted boolean;
BEGIN
    EXECUTE format('SELECT status <> ''open'' FROM %I.cashoffice_statement WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO accepted USING coalesce(NEW.statement_id, OLD.statement_id);
    IF accepted OR TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{matched,updated_at}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{matched,updated_at}'::text[]) THEN
        RAISE EXCEPTION 'a line of a statement is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_statementline"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_statement_line()",
    # A match joins a line and a posting of the same account and currency; it is undone, never changed or deleted.
    """
CREATE FUNCTION cashoffice_guard_match() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE fits boolean;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.undone_at IS NOT NULL
           OR to_jsonb(NEW) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{undone_at,undone_by_id,undo_reason,updated_at}'::text[])) THEN
        RAISE EXCEPTION 'a match is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT p.account_id = s.account_id AND p.currency = l.currency AND s.status = ''open''
        FROM %1$I.cashoffice_statementline l JOIN %1$I.cashoffice_statement s ON s.id = l.statement_id,
             %1$I.billing_posting p WHERE l.id = $1 AND p.id = $2 FOR SHARE OF s', TG_TABLE_SCHEMA)
        INTO fits USING NEW.line_id, NEW.posting_id;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'this posting is not of the statement' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
""",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON cashoffice_match"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_guard_match()",
    # At commit: what a line says is matched is the sum of its postings.
    """
CREATE FUNCTION cashoffice_check_match() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE line uuid; agrees boolean;
BEGIN
    line := CASE WHEN TG_TABLE_NAME = 'cashoffice_statementline' THEN NEW.id
                 ELSE (to_jsonb(NEW) ->> 'line_id')::uuid END;
    EXECUTE format('SELECT l.matched = coalesce((SELECT sum(p.amount) FROM %1$I.cashoffice_match m
        JOIN %1$I.billing_posting p ON p.id = m.posting_id WHERE m.line_id = l.id AND m.undone_at IS NULL), 0)
        FROM %1$I.cashoffice_statementline l WHERE l.id = $1', TG_TABLE_SCHEMA) INTO agrees USING line;
    IF agrees IS NOT TRUE THEN
        RAISE EXCEPTION 'a line and its matches disagree' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$body$
""",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON cashoffice_match DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_check_match()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER UPDATE ON cashoffice_statementline DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION cashoffice_check_match()",
]


class Migration(migrations.Migration):
    dependencies = [("cashoffice", "0005_deposits_days_statements")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in FUNCTIONS]
