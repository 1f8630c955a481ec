"""What the database itself refuses, and the accounts every hospital starts with.

Functions name their tables through TG_TABLE_SCHEMA, so they are right whatever the search path says and also after a
schema was renamed. All refusals are integrity errors (class 23).
"""

from django.db import migrations

from billing.chart import ACCOUNTS, PRICE_LIST

FUNCTIONS = {
    # A charge is what it was when the event happened; only its status moves.
    "billing_guard_charge": """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'charges are cancelled, not deleted' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF to_jsonb(NEW) - '{status,status_reason,updated_at}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{status,status_reason,updated_at}'::text[] THEN
            RAISE EXCEPTION 'charge % is frozen', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    # A price is a version: it may end, nothing else of it changes.
    "billing_guard_price": """
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{valid_to,updated_at}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{valid_to,updated_at}'::text[] THEN
            RAISE EXCEPTION 'price % is a version and stays', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    # Issued: only status and what was paid move, forwards. Paid or void: nothing moves.
    "billing_guard_invoice": """
        IF TG_OP = 'DELETE' THEN
            IF OLD.status <> 'draft' THEN
                RAISE EXCEPTION 'invoice % is issued', OLD.number USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.status = 'draft' AND NEW.status IN ('draft', 'issued') THEN
            RETURN NEW;
        END IF;
        IF OLD.status NOT IN ('issued', 'partly_paid')
           OR NEW.status NOT IN ('issued', 'partly_paid', 'paid', 'void')
           OR (OLD.status = 'partly_paid' AND NEW.status IN ('issued', 'void'))
           OR NEW.paid < OLD.paid
           OR to_jsonb(NEW) - '{status,paid,paid_at,void_reason,version,updated_at}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{status,paid,paid_at,void_reason,version,updated_at}'::text[] THEN
            RAISE EXCEPTION 'invoice % is frozen', OLD.number USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    # Lines belong to drafts; a voided invoice only lets go of its charges.
    "billing_guard_line": """
        DECLARE invoice_status text;
        BEGIN
            EXECUTE format('SELECT status FROM %I.billing_invoice WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
                INTO invoice_status USING CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
            IF TG_OP = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id THEN
                RAISE EXCEPTION 'a line stays on its invoice' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF invoice_status = 'draft' THEN
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END IF;
            IF TG_OP = 'UPDATE' AND invoice_status = 'void' AND NOT NEW.live
               AND to_jsonb(NEW) - '{live,updated_at}'::text[] = to_jsonb(OLD) - '{live,updated_at}'::text[] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'lines of an issued invoice are frozen' USING ERRCODE = 'integrity_constraint_violation';
        END;
    """,
    # Money is taken in the cashier's own open shift. The share lock makes a closing shift wait for it, or refuse it.
    "billing_guard_payment": """
        DECLARE allowed boolean;
        BEGIN
            EXECUTE format('SELECT status = ''open'' AND cashier_id = $2 FROM %I.billing_shift WHERE id = $1 FOR SHARE',
                           TG_TABLE_SCHEMA) INTO allowed USING NEW.shift_id, NEW.cashier_id;
            IF allowed IS NOT TRUE THEN
                RAISE EXCEPTION 'payment outside an open shift of its cashier'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END;
    """,
    # Nothing is posted to a shift that has ended.
    "billing_guard_posting": """
        DECLARE shift_status text;
        BEGIN
            IF NEW.shift_id IS NOT NULL THEN
                EXECUTE format('SELECT status FROM %I.billing_shift WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
                    INTO shift_status USING NEW.shift_id;
                IF shift_status NOT IN ('open', 'counted') THEN
                    RAISE EXCEPTION 'the shift is closed' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END IF;
            RETURN NEW;
        END;
    """,
    # A closed shift only becomes reconciled; a reconciled one stays.
    "billing_guard_shift": """
        IF TG_OP = 'DELETE' OR OLD.status = 'reconciled'
           OR (OLD.status = 'closed' AND (NEW.status NOT IN ('closed', 'reconciled')
               OR to_jsonb(NEW) - '{status,accepted_by_id,accepted_at,acceptance_note,updated_at}'::text[]
               IS DISTINCT FROM to_jsonb(OLD) - '{status,accepted_by_id,accepted_at,acceptance_note,updated_at}'::text[]
           )) THEN
            RAISE EXCEPTION 'shift % is closed', OLD.number USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    "billing_guard_total": """
        DECLARE shift_status text;
        BEGIN
            EXECUTE format('SELECT status FROM %I.billing_shift WHERE id = $1', TG_TABLE_SCHEMA)
                INTO shift_status USING OLD.shift_id;
            IF TG_OP = 'DELETE' OR shift_status NOT IN ('open', 'counted') OR NEW.opening <> OLD.opening
               OR NEW.shift_id <> OLD.shift_id OR (OLD.counted IS NOT NULL AND NEW.counted <> OLD.counted) THEN
                RAISE EXCEPTION 'the totals of a shift are frozen' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END;
    """,
    # At commit: an entry has at least two sides and each currency adds up to nothing.
    "billing_check_entry": """
        DECLARE entry uuid; sides integer; unbalanced text;
        BEGIN
            entry := CASE WHEN TG_TABLE_NAME = 'billing_entry' THEN NEW.id
                          ELSE (to_jsonb(NEW) ->> 'entry_id')::uuid END;
            EXECUTE format('SELECT count(*) FROM %I.billing_posting WHERE entry_id = $1', TG_TABLE_SCHEMA)
                INTO sides USING entry;
            EXECUTE format('SELECT string_agg(currency, '','') FROM (SELECT currency FROM %I.billing_posting
                            WHERE entry_id = $1 GROUP BY currency HAVING sum(amount) <> 0) AS uneven', TG_TABLE_SCHEMA)
                INTO unbalanced USING entry;
            IF sides < 2 OR unbalanced IS NOT NULL THEN
                RAISE EXCEPTION 'entry % does not balance (%)', entry, coalesce(unbalanced, 'no postings')
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END;
    """,
    # At commit: what an invoice says was paid is what its payments applied.
    "billing_check_paid": """
        DECLARE invoice uuid; agrees boolean;
        BEGIN
            invoice := CASE WHEN TG_TABLE_NAME = 'billing_invoice' THEN NEW.id
                            ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
            EXECUTE format('SELECT i.paid = coalesce((SELECT sum(p.applied) FROM %1$I.billing_payment p
                            WHERE p.invoice_id = i.id), 0) FROM %1$I.billing_invoice i WHERE i.id = $1',
                           TG_TABLE_SCHEMA) INTO agrees USING invoice;
            IF agrees IS FALSE THEN
                RAISE EXCEPTION 'invoice % and its payments disagree', invoice
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END;
    """,
}

TRIGGERS = [
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_charge FOR EACH ROW EXECUTE FUNCTION billing_guard_charge()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_price FOR EACH ROW EXECUTE FUNCTION billing_guard_price()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_invoice"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice()",
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON billing_invoiceline"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_line()",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_payment FOR EACH ROW EXECUTE FUNCTION billing_guard_payment()",
    "CREATE TRIGGER guard BEFORE INSERT ON billing_posting FOR EACH ROW EXECUTE FUNCTION billing_guard_posting()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_shift FOR EACH ROW EXECUTE FUNCTION billing_guard_shift()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON billing_shifttotal"
    " FOR EACH ROW EXECUTE FUNCTION billing_guard_total()",
    "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON billing_posting DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_entry()",
    "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON billing_entry DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_entry()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT ON billing_payment DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_paid()",
    "CREATE CONSTRAINT TRIGGER agreed AFTER INSERT OR UPDATE ON billing_invoice DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION billing_check_paid()",
]


def function(name, body):
    if "DECLARE" not in body:
        body = f"BEGIN {body} END;"
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"


def seed(apps, schema_editor):
    account, price_list = apps.get_model("billing", "Account"), apps.get_model("billing", "PriceList")
    for key, code, kind, english, khmer, chinese in ACCOUNTS:
        account.objects.create(
            key=key, code=code, kind=kind, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
        )
    code, english, khmer, chinese = PRICE_LIST
    price_list.objects.create(
        code=code, is_default=True, name=english, name_en=english, name_km=khmer, name_zh_hans=chinese
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL([(function(name, body), None)], f"DROP FUNCTION {name}() CASCADE")
            for name, body in FUNCTIONS.items()
        ),
        migrations.RunSQL([(trigger, None) for trigger in TRIGGERS], migrations.RunSQL.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
