"""What the database itself refuses, whoever asks. Functions name their tables through TG_TABLE_SCHEMA."""

from django.db import migrations

_REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"
# Of a verified version nothing moves but its way out of the house and who has read it.
_MAY_MOVE = "'{state,released_at,superseded_at,acknowledged_by_id,acknowledged_at,updated_at}'::text[]"

FUNCTIONS = {
    # No result without a received specimen of that very test; what is verified never changes; nothing is deleted.
    "laboratory_guard_result": f"""
        DECLARE fits boolean;
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'results are corrected, not deleted' {_REFUSED};
            END IF;
            IF TG_OP = 'INSERT' THEN
                EXECUTE format('SELECT s.state = ''received'' AND s.received_at = $3
                                FROM %1$I.laboratory_specimen s JOIN %1$I.laboratory_orderitem i ON i.specimen_id = s.id
                                WHERE s.id = $1 AND i.id = $2 FOR SHARE OF s', TG_TABLE_SCHEMA)
                    INTO fits USING NEW.specimen_id, NEW.item_id, NEW.received_at;
                IF fits IS NOT TRUE THEN
                    RAISE EXCEPTION 'a result needs the received specimen of its test' {_REFUSED};
                END IF;
                RETURN NEW;
            END IF;
            IF (NEW.item_id, NEW.specimen_id, NEW.version, NEW.received_at)
               IS DISTINCT FROM (OLD.item_id, OLD.specimen_id, OLD.version, OLD.received_at) THEN
                RAISE EXCEPTION 'a result stays with its test and specimen' {_REFUSED};
            END IF;
            IF OLD.verified_at IS NOT NULL
               AND to_jsonb(NEW) - {_MAY_MOVE} IS DISTINCT FROM to_jsonb(OLD) - {_MAY_MOVE} THEN
                RAISE EXCEPTION 'result % is verified', OLD.id {_REFUSED};
            END IF;
            RETURN NEW;
        END;
    """,
    # A tube keeps its number, its patient and its times for ever.
    "laboratory_guard_specimen": f"""
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'specimens are rejected, not deleted' {_REFUSED};
            END IF;
            IF (NEW.accession, NEW.order_id, NEW.patient_id, NEW.collected_at)
               IS DISTINCT FROM (OLD.accession, OLD.order_id, OLD.patient_id, OLD.collected_at)
               OR (OLD.received_at IS NOT NULL AND NEW.received_at IS DISTINCT FROM OLD.received_at) THEN
                RAISE EXCEPTION 'specimen % keeps its number and its times', OLD.accession {_REFUSED};
            END IF;
            RETURN NEW;
        END;
    """,
}
TRIGGERS = [
    "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON laboratory_result"
    " FOR EACH ROW EXECUTE FUNCTION laboratory_guard_result()",
    "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON laboratory_specimen"
    " FOR EACH ROW EXECUTE FUNCTION laboratory_guard_specimen()",
]


class Migration(migrations.Migration):
    dependencies = [("laboratory", "0001_initial")]
    operations = [
        *(
            migrations.RunSQL(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$",
                f"DROP FUNCTION {name}()",
            )
            for name, body in FUNCTIONS.items()
        ),
        *(migrations.RunSQL(trigger, migrations.RunSQL.noop) for trigger in TRIGGERS),
    ]
