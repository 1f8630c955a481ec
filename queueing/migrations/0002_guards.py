"""What the database itself refuses: a closed ticket never opens again and no ticket changes its number or its queue."""

from django.db import migrations

FUNCTION = """
    CREATE FUNCTION queueing_guard_ticket() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
        IF TG_OP = 'DELETE' OR NEW.queue_id <> OLD.queue_id OR NEW.number <> OLD.number OR NEW.label <> OLD.label
           OR NEW.patient_id <> OLD.patient_id THEN
            RAISE EXCEPTION 'ticket % stays', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF OLD.status IN ('done', 'no_show', 'cancelled', 'transferred', 'expired') AND NEW.status <> OLD.status THEN
            RAISE EXCEPTION 'ticket % is closed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $body$
"""
TRIGGER = """
    CREATE TRIGGER queueing_ticket_stays BEFORE UPDATE OR DELETE ON queueing_ticket
    FOR EACH ROW EXECUTE FUNCTION queueing_guard_ticket()
"""


class Migration(migrations.Migration):
    dependencies = [("queueing", "0001_initial")]
    operations = [
        # a parameter list, even an empty one, keeps percent signs as they are
        migrations.RunSQL([(FUNCTION, None)], "DROP FUNCTION queueing_guard_ticket() CASCADE"),
        migrations.RunSQL([(TRIGGER, None)], migrations.RunSQL.noop),
    ]
