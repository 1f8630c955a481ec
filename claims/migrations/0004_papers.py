"""A paper on a claim is of the claim's own patient, stands in the record, and was added while the claim was a draft."""

from django.db import migrations

GUARD = """
CREATE FUNCTION claims_guard_paper() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE fits boolean;
BEGIN
    EXECUTE format('SELECT c.status = ''draft'' AND d.patient_id = c.patient_id AND d.removed_at IS NULL
                    FROM %1$I.claims_claim c, %1$I.patients_patientdocument d
                    WHERE c.id = $1 AND d.id = $2', TG_TABLE_SCHEMA) INTO fits USING NEW.claim_id, NEW.document_id;
    IF fits IS NOT TRUE THEN
        RAISE EXCEPTION 'paper % does not go with claim %', NEW.document_id, NEW.claim_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$body$
"""
TRIGGER = "CREATE TRIGGER guard BEFORE INSERT ON claims_claimpaper FOR EACH ROW EXECUTE FUNCTION claims_guard_paper()"


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_returns"), ("patients", "0009_consent_texts")]

    operations = [migrations.RunSQL([(sql, None)], migrations.RunSQL.noop) for sql in (GUARD, TRIGGER)]
