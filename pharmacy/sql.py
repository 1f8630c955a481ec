"""Rules of the stock that the database keeps by itself, whoever writes: service, script or a person with SQL.

Every name is built from TG_TABLE_SCHEMA, so that a trigger looks into its own hospital whatever the search path says.
The hospital's date is Phnom Penh's, as in core.clock.
"""

TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"

# A batch past its expiry date, or in quarantine, is never reserved; a balance never changes its batch or place.
RESERVATION_GUARD = f"""
CREATE FUNCTION pharmacy_reservation_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE expiry date; place text; before integer := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.reserved;
        IF NEW.batch_id <> OLD.batch_id OR NEW.location_id <> OLD.location_id THEN
            RAISE EXCEPTION 'a balance keeps its batch and location' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.reserved > before THEN
        EXECUTE format('SELECT b.expires_on, l.kind FROM %1$I.pharmacy_batch b, %1$I.pharmacy_location l
                        WHERE b.id = $1 AND l.id = $2', TG_TABLE_SCHEMA)
        INTO expiry, place USING NEW.batch_id, NEW.location_id;
        IF expiry < {TODAY} THEN
            RAISE EXCEPTION 'batch expired on %', expiry
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pharmacy_expired_not_reserved';
        END IF;
        IF place <> 'store' THEN
            RAISE EXCEPTION 'stock in quarantine is not dispensed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pharmacy_quarantine_not_reserved';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pharmacy_reservation_guard BEFORE INSERT OR UPDATE ON pharmacy_batchbalance
    FOR EACH ROW EXECUTE FUNCTION pharmacy_reservation_guard();
"""

# Nothing expired comes in or goes to a patient. It may still be counted, adjusted away or brought back.
MOVEMENT_GUARD = f"""
CREATE FUNCTION pharmacy_movement_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE expiry date;
BEGIN
    EXECUTE format('SELECT expires_on FROM %I.pharmacy_batch WHERE id = $1', TG_TABLE_SCHEMA)
    INTO expiry USING NEW.batch_id;
    IF NEW.kind IN ('dispense', 'receipt') AND expiry < {TODAY} THEN
        RAISE EXCEPTION 'batch expired on %', expiry
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pharmacy_expired_not_moved';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pharmacy_movement_guard BEFORE INSERT ON pharmacy_stockmovement
    FOR EACH ROW EXECUTE FUNCTION pharmacy_movement_guard();
"""

BATCH_GUARD = """
CREATE FUNCTION pharmacy_batch_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF (NEW.medicine_id, NEW.lot_number, NEW.expires_on) IS DISTINCT FROM
       (OLD.medicine_id, OLD.lot_number, OLD.expires_on) THEN
        RAISE EXCEPTION 'a batch keeps its medicine, number and expiry date' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pharmacy_batch_guard BEFORE UPDATE ON pharmacy_batch
    FOR EACH ROW EXECUTE FUNCTION pharmacy_batch_guard();
"""

# Proved at commit: what a place holds is the sum of its ledger, and what is reserved is the sum of the open dispenses.
PROOF = """
CREATE FUNCTION pharmacy_prove_balance(p_schema text, p_batch uuid, p_location uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE held integer; kept integer; moved bigint; promised bigint;
BEGIN
    EXECUTE format('SELECT on_hand, reserved FROM %I.pharmacy_batchbalance WHERE batch_id = $1 AND location_id = $2',
                   p_schema) INTO held, kept USING p_batch, p_location;
    EXECUTE format('SELECT coalesce(sum(quantity), 0) FROM %I.pharmacy_stockmovement
                    WHERE batch_id = $1 AND location_id = $2', p_schema) INTO moved USING p_batch, p_location;
    IF coalesce(held, 0) <> moved THEN
        RAISE EXCEPTION 'balance % differs from its ledger %', coalesce(held, 0), moved
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pharmacy_balance_is_ledger';
    END IF;
    EXECUTE format('SELECT coalesce(sum(l.quantity), 0) FROM %1$I.pharmacy_dispenseline l
                    JOIN %1$I.pharmacy_dispense d ON d.id = l.dispense_id
                    WHERE l.batch_id = $1 AND d.location_id = $2 AND d.status IN (''prepared'', ''checked'')', p_schema)
    INTO promised USING p_batch, p_location;
    IF coalesce(kept, 0) <> promised THEN
        RAISE EXCEPTION 'reserved % differs from the open dispenses %', coalesce(kept, 0), promised
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pharmacy_reserved_is_promised';
    END IF;
END $$;

CREATE FUNCTION pharmacy_balance_proof() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE batch uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.batch_id ELSE NEW.batch_id END;
        place uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.location_id ELSE NEW.location_id END;
BEGIN
    EXECUTE format('SELECT %I.pharmacy_prove_balance($1, $2, $3)', TG_TABLE_SCHEMA)
    USING TG_TABLE_SCHEMA::text, batch, place;
    RETURN NULL;
END $$;

CREATE FUNCTION pharmacy_line_proof() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE batch uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.batch_id ELSE NEW.batch_id END;
        bag uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.dispense_id ELSE NEW.dispense_id END;
BEGIN
    EXECUTE format('SELECT %1$I.pharmacy_prove_balance($1, $2, d.location_id) FROM %1$I.pharmacy_dispense d
                    WHERE d.id = $3', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA::text, batch, bag;
    RETURN NULL;
END $$;

CREATE FUNCTION pharmacy_dispense_proof() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('SELECT %1$I.pharmacy_prove_balance($1, l.batch_id, $2) FROM %1$I.pharmacy_dispenseline l
                    WHERE l.dispense_id = $3', TG_TABLE_SCHEMA) USING TG_TABLE_SCHEMA::text, NEW.location_id, NEW.id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER pharmacy_balance_proof AFTER INSERT OR UPDATE OR DELETE ON pharmacy_batchbalance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pharmacy_balance_proof();
CREATE CONSTRAINT TRIGGER pharmacy_movement_proof AFTER INSERT ON pharmacy_stockmovement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pharmacy_balance_proof();
CREATE CONSTRAINT TRIGGER pharmacy_line_proof AFTER INSERT OR UPDATE OR DELETE ON pharmacy_dispenseline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pharmacy_line_proof();
CREATE CONSTRAINT TRIGGER pharmacy_dispense_proof AFTER UPDATE OF status ON pharmacy_dispense
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pharmacy_dispense_proof();
"""

STATEMENTS = [RESERVATION_GUARD, MOVEMENT_GUARD, BATCH_GUARD, PROOF]
