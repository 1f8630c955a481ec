"""The database's own part of the trail, written in plain SQL so that no code path can go around it.

All functions are SECURITY DEFINER and owned by the tables' owner: the application's role can neither insert a record of
its own making nor change one. Each schema has its own functions, which name that schema in full: they cannot write into
another hospital's trail whatever the search path says, and their statements are planned once a connection (a name put
together at run time made every write three times as dear). A schema that is renamed has its trail installed anew.
"""

CANONICAL = """jsonb_build_array({r}.id, {r}.txid, extract(epoch from {r}.at), {r}.kind, {r}.table_name, {r}.row_id,
    {r}.before, {r}.after, {r}.actor_id, {r}.actor, {r}.role, {r}.reason, {r}.request_id, {r}.address, {r}.path,
    {r}.branch, {r}.database_user)::text"""

_CONTEXT = "coalesce(nullif(current_setting('app.context', true), ''), '{}')::jsonb"

_COLUMNS = """(txid, at, kind, table_name, row_id, before, after, actor_id, actor, role, reason, request_id, address,
    path, branch, database_user)"""

_CONTEXT_VALUES = """coalesce({c}->>'actor_id', ''), coalesce({c}->>'actor', ''), coalesce({c}->>'role', ''),
    coalesce({c}->>'reason', ''), coalesce({c}->>'request_id', ''), coalesce({c}->>'address', ''),
    coalesce({c}->>'path', ''), coalesce({c}->>'branch', ''), session_user"""

WRITE_TRIGGER = f"""
CREATE OR REPLACE FUNCTION {{schema}}.audit_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE
    c jsonb := {_CONTEXT};
    old_row jsonb; new_row jsonb; row_key text;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
    row_key := coalesce(new_row, old_row)->>TG_ARGV[0];
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(n.key, o.value), jsonb_object_agg(n.key, n.value) INTO old_row, new_row
        FROM jsonb_each(new_row) n JOIN jsonb_each(old_row) o ON o.key = n.key WHERE n.value IS DISTINCT FROM o.value;
        IF new_row IS NULL THEN RETURN NULL; END IF;
    END IF;
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        IF new_row ? TG_ARGV[i] THEN new_row := new_row || jsonb_build_object(TG_ARGV[i], '[hidden]'); END IF;
        IF old_row ? TG_ARGV[i] THEN old_row := old_row || jsonb_build_object(TG_ARGV[i], '[hidden]'); END IF;
    END LOOP;
    INSERT INTO {{schema}}.audit_record {_COLUMNS}
    VALUES (pg_current_xact_id()::text::bigint, clock_timestamp(), lower(TG_OP), TG_TABLE_NAME::text,
        coalesce(row_key, ''), old_row, new_row, {_CONTEXT_VALUES.format(c="c")});
    RETURN NULL;
END $$;
"""

NOTE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{schema}}.audit_note(p_kind text, p_table text, p_row text, p_detail jsonb, c jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_current_xact_id();  -- before the record draws its number: sealing counts on it
    IF p_kind NOT IN ('read', 'event', 'print', 'export') THEN
        RAISE EXCEPTION 'only readings, papers, exports and events are noted by hand'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {{schema}}.audit_record {_COLUMNS}
    SELECT pg_current_xact_id()::text::bigint, clock_timestamp(), p_kind, p_table, p_row, NULL::jsonb, p_detail,
           {_CONTEXT_VALUES.format(c="c")};
END $$;
"""

# Every record that can be seen is committed and may be sealed: the chain waits for no writer. What has to be known is
# only where to look for records without a seal. A watermark says so: up to settled_id everything is sealed or was
# rolled back. It moves to drawn_id, the last number drawn at an earlier run, once every transaction of that time has
# ended: those older than that run's own (drawn_xid; a snapshot's end may be a writer that still runs when nobody
# younger has ended). A cluster that has not yet come to drawn_xid is another one, restored from a dump: none of
# those transactions live there.
SEAL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {{schema}}.audit_seal_pending(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC'
SET plan_cache_mode = force_custom_plan SET enable_hashjoin = off SET enable_seqscan = off AS $$
DECLARE
    w {{schema}}.audit_watermark; r record; n integer := 0; last_seq bigint; link bytea; drawn bigint;
    oldest bigint; next_xid bigint; ids bigint[]; xids bigint[]; links bytea[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('audit_seal.{{schema}}', 0)) THEN RETURN 0; END IF;
    SELECT last_value INTO drawn FROM {{schema}}.audit_record_id_seq;
    oldest := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    SELECT * INTO w FROM {{schema}}.audit_watermark WHERE id = 1;
    IF NOT FOUND THEN
        INSERT INTO {{schema}}.audit_watermark VALUES (1, 0, 0, 0) RETURNING * INTO w;
    END IF;
    SELECT s.seq, s.digest INTO last_seq, link FROM {{schema}}.audit_seal s ORDER BY s.seq DESC LIMIT 1;
    IF NOT FOUND THEN last_seq := 0; link := '\\x'; END IF;
    links[1] := link;
    FOR r IN
        SELECT a.id, a.txid, {CANONICAL.format(r="a")} AS canonical FROM {{schema}}.audit_record a
        WHERE a.id > w.settled_id AND NOT EXISTS (
            SELECT 1 FROM {{schema}}.audit_seal s WHERE s.record_id = a.id AND s.record_id > w.settled_id)
        ORDER BY a.id LIMIT p_limit
    LOOP
        n := n + 1;
        link := sha256(link || convert_to(r.canonical, 'UTF8'));
        ids[n] := r.id; xids[n] := r.txid; links[n + 1] := link;
    END LOOP;
    INSERT INTO {{schema}}.audit_seal (seq, record_id, txid, previous, digest, sealed_at)
    SELECT last_seq + u.place, u.id, u.xid, u.previous, u.digest, clock_timestamp()
    FROM unnest(ids, xids, links[:n], links[2:]) WITH ORDINALITY u (id, xid, previous, digest, place);
    IF w.settled_id < drawn THEN
        next_xid := pg_current_xact_id()::text::bigint;  -- whoever drew a number until then has an older one
    END IF;
    IF w.settled_id < drawn AND (oldest >= w.drawn_xid OR next_xid < w.drawn_xid) THEN
        IF n = p_limit AND ids[n] < w.drawn_id THEN  -- a long backlog: what lies behind is not looked at again
            UPDATE {{schema}}.audit_watermark SET settled_id = ids[n] WHERE id = 1;
        ELSE
            UPDATE {{schema}}.audit_watermark SET settled_id = w.drawn_id, drawn_id = drawn, drawn_xid = next_xid
            WHERE id = 1;
        END IF;
    END IF;
    RETURN n;
END $$;
"""

# A guard lets through what an approved erasure blanks: done by the tables' owner, in the one function that says so
# (patients.sql). The application's role can say so as well, but it is not the owner.
IS_ERASING = """current_setting('app.erasing', true) = 'on'
        AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.oid = TG_RELID)"""
LET_ERASURES_PASS = f"IF TG_OP = 'UPDATE' AND {IS_ERASING} THEN RETURN NEW; END IF;"

APPEND_ONLY_FUNCTION = (
    """
CREATE OR REPLACE FUNCTION {schema}.audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    """
    + LET_ERASURES_PASS
    + """
    RAISE EXCEPTION 'append-only table %.%: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
)
