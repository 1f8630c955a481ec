"""What the database itself refuses: a signed note is never changed, an encounter that ended never opens again."""

from django.db import migrations

FUNCTIONS = {
    "clinical_guard_note": """
        RAISE EXCEPTION 'note % is signed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    """,
    "clinical_guard_encounter": """
        IF TG_OP = 'DELETE' OR NEW.status <> OLD.status OR NEW.patient_id <> OLD.patient_id THEN
            RAISE EXCEPTION 'encounter % has ended', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    # Measurements are never corrected in place; a wrong set is marked and taken anew.
    "clinical_guard_vitals": """
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{status,note,updated_at}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{status,note,updated_at}'::text[] THEN
            RAISE EXCEPTION 'vital signs % are as measured', OLD.id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
}
TRIGGERS = [
    """CREATE TRIGGER clinical_note_signed BEFORE UPDATE OR DELETE ON clinical_note
       FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION clinical_guard_note()""",
    """CREATE TRIGGER clinical_encounter_ended BEFORE UPDATE OR DELETE ON clinical_encounter
       FOR EACH ROW WHEN (OLD.status IN ('finished', 'left', 'entered_in_error'))
       EXECUTE FUNCTION clinical_guard_encounter()""",
    """CREATE TRIGGER clinical_vitals_measured BEFORE UPDATE OR DELETE ON clinical_vitalsigns
       FOR EACH ROW EXECUTE FUNCTION clinical_guard_vitals()""",
]


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"


class Migration(migrations.Migration):
    dependencies = [("clinical", "0001_initial")]
    operations = [
        *(
            # a parameter list, even an empty one, keeps percent signs as they are
            migrations.RunSQL([(_function(name, body), None)], f"DROP FUNCTION {name}() CASCADE")
            for name, body in FUNCTIONS.items()
        ),
        migrations.RunSQL([(trigger, None) for trigger in TRIGGERS], migrations.RunSQL.noop),
    ]
