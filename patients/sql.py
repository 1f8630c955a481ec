"""What the database itself keeps of the patient's rights: see docs/decisions/0023."""

LEGAL_YEARS = 7  # clinical records are kept so many years after the last contact, whatever a hospital prefers

# Blanks ciphertext of given rows, and nothing else: columns that hold anything but a token of core.crypto are refused.
# It runs as the tables' owner, for an erasure that a second person approved and no legal hold forbids.
BLANK = """
CREATE OR REPLACE FUNCTION {schema}.patients_blank(p_erasure uuid, p_table text, p_columns text[], p_ids uuid[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE allowed boolean; sets text; col text; plain boolean; n integer; place regclass;
BEGIN
    SELECT e.status = 'running' AND e.decided_by_id IS NOT NULL AND e.decided_by_id IS DISTINCT FROM e.asked_by_id
           AND NOT EXISTS (SELECT 1 FROM {schema}.patients_legalhold h
                           WHERE h.patient_id = e.patient_id AND h.lifted_at IS NULL)
        INTO allowed FROM {schema}.patients_erasure e WHERE e.id = p_erasure;
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'no approved erasure is being carried out' USING ERRCODE = 'insufficient_privilege';
    END IF;
    place := ('{schema}.' || quote_ident(p_table))::regclass;
    FOREACH col IN ARRAY p_columns LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE id = ANY ($1)
                        AND %I IS NOT NULL AND %I <> '''' AND %I NOT LIKE ''v1:%%'')', place, col, col, col)
            INTO plain USING p_ids;
        IF plain THEN
            RAISE EXCEPTION 'only ciphertext is blanked' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    SELECT string_agg(format(CASE WHEN a.attnotnull THEN '%I = ''''' ELSE '%I = NULL' END, a.attname), ', ')
        INTO sets FROM pg_attribute a WHERE a.attrelid = place AND a.attname = ANY (p_columns);
    PERFORM set_config('app.erasing', 'on', true);
    EXECUTE format('UPDATE %s SET %s WHERE id = ANY ($1)', place, sets) USING p_ids;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('app.erasing', '', true);
    RETURN n;
END $$;
"""

_REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"

# An erasure goes its way step by step, decided by another person than who asked; none begins while a hold is open, and
# none erases before the legal minimum. The patient's row is locked, so that a hold set at the same moment is seen.
GUARD_ERASURE = f"""
CREATE FUNCTION patients_guard_erasure() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE held boolean; last date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'erasures are kept' {_REFUSED};
    END IF;
    EXECUTE format('SELECT 1 FROM %I.patients_patient WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
        USING NEW.patient_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'requested' THEN
            RAISE EXCEPTION 'an erasure begins as a request' {_REFUSED};
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.patient_id, NEW.kind, NEW.asked_by_id, NEW.reason, NEW.created_at)
       IS DISTINCT FROM (OLD.patient_id, OLD.kind, OLD.asked_by_id, OLD.reason, OLD.created_at)
       OR (OLD.decided_by_id IS NOT NULL AND NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id)
       OR (OLD.status, NEW.status) NOT IN (('requested', 'requested'), ('requested', 'approved'),
           ('requested', 'refused'), ('requested', 'withdrawn'), ('approved', 'approved'), ('approved', 'withdrawn'),
           ('approved', 'running'), ('running', 'done')) THEN
        RAISE EXCEPTION 'erasure % has been decided', OLD.id {_REFUSED};
    END IF;
    IF NEW.status IN ('approved', 'running', 'done') AND NEW.status <> OLD.status THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.patients_legalhold
                        WHERE patient_id = $1 AND lifted_at IS NULL)', TG_TABLE_SCHEMA)
            INTO held USING NEW.patient_id;
        EXECUTE format('SELECT greatest(p.created_at::date, (SELECT max(v.date) FROM %1$I.patients_visit v
                        WHERE v.patient_id = p.id)) FROM %1$I.patients_patient p WHERE p.id = $1', TG_TABLE_SCHEMA)
            INTO last USING NEW.patient_id;
        IF NEW.kind = 'erase' AND (held OR last > current_date - interval '{LEGAL_YEARS} years') THEN
            RAISE EXCEPTION 'the record of erasure % must be kept', OLD.id {_REFUSED};
        END IF;
    END IF;
    RETURN NEW;
END $body$
"""

# A hold is set once and lifted once; none is set on a record that is being erased or has been.
GUARD_HOLD = f"""
CREATE FUNCTION patients_guard_hold() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE gone boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('SELECT erased_at IS NOT NULL FROM %I.patients_patient WHERE id = $1 FOR NO KEY UPDATE',
                       TG_TABLE_SCHEMA) INTO gone USING NEW.patient_id;
        IF NOT gone THEN
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.patients_erasure
                            WHERE patient_id = $1 AND status = ''running'')', TG_TABLE_SCHEMA)
                INTO gone USING NEW.patient_id;
        END IF;
        IF gone THEN
            RAISE EXCEPTION 'nothing is left to be held' {_REFUSED};
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
       OR (NEW.patient_id, NEW.set_by_id, NEW.reason, NEW.created_at)
          IS DISTINCT FROM (OLD.patient_id, OLD.set_by_id, OLD.reason, OLD.created_at) THEN
        RAISE EXCEPTION 'hold % is set and lifted, nothing else', OLD.id {_REFUSED};
    END IF;
    RETURN NEW;
END $body$
"""

# Who was erased stays so: nothing is written about them again.
GUARD_ERASED = f"""
CREATE FUNCTION patients_guard_erased() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE gone boolean;
BEGIN
    IF TG_TABLE_NAME = 'patients_patient' THEN
        gone := OLD.erased_at IS NOT NULL;
    ELSE
        EXECUTE format('SELECT erased_at IS NOT NULL FROM %I.patients_patient WHERE id = $1', TG_TABLE_SCHEMA)
            INTO gone USING (to_jsonb(NEW) ->> 'patient_id')::uuid;
    END IF;
    IF gone THEN
        RAISE EXCEPTION 'the record is erased' {_REFUSED};
    END IF;
    RETURN NEW;
END $body$
"""
_ABOUT_A_PATIENT = (
    *("patients_visit", "patients_patientidentifier", "patients_emergencycontact", "patients_patientdocument"),
    *("patients_consent", "patients_dataexport", "patients_accessgrant"),
)
TRIGGERS = [
    """CREATE TRIGGER patients_erasure_goes_its_way BEFORE INSERT OR UPDATE OR DELETE ON patients_erasure
       FOR EACH ROW EXECUTE FUNCTION patients_guard_erasure()""",
    """CREATE TRIGGER patients_hold_stands BEFORE INSERT OR UPDATE OR DELETE ON patients_legalhold
       FOR EACH ROW EXECUTE FUNCTION patients_guard_hold()""",
    """CREATE TRIGGER patients_stays_erased BEFORE UPDATE ON patients_patient
       FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION patients_guard_erased()""",
    *(
        f"""CREATE TRIGGER patients_stays_erased BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION patients_guard_erased()"""
        for table in _ABOUT_A_PATIENT
    ),
]
# The hospital's own rules stay within their limits whoever writes them.
KEEPING = f"""
    ALTER TABLE core_preference ADD CONSTRAINT patients_rights_within_limits CHECK (CASE key
        WHEN 'patients.keep_years' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN {LEGAL_YEARS} AND 50
        WHEN 'patients.consent_age' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 12 AND 21
        WHEN 'patients.export_days' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 1 AND 30
        WHEN 'patients.keep_until_age' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 18 AND 50
        ELSE true END)
"""
STATEMENTS = [KEEPING, GUARD_ERASURE, GUARD_HOLD, GUARD_ERASED, *TRIGGERS]
