-- What somebody wants changed (request), and the proof of what was changed (audit).

-- +goose Up
-- An approved leave speaks between a teacher and the office.
ALTER TABLE fact DROP CONSTRAINT fact_class_check;
ALTER TABLE fact ADD CONSTRAINT fact_class_check CHECK (class IN (0, 10, 20, 30, 35, 40));

CREATE TABLE request (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('leave', 'dispute', 'correction')),
    state         text NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'withdrawn', 'revoked')),
    student_id    uuid NOT NULL REFERENCES student,
    session_id    uuid REFERENCES session,
    all_courses   boolean NOT NULL DEFAULT false, -- a leave for whatever they are taught
    course_ids    uuid[] NOT NULL CHECK (cardinality(course_ids) > 0 OR all_courses),
    from_at       timestamptz,
    to_at         timestamptz, -- not included
    status        text NOT NULL CHECK (status IN ('', 'present', 'late', 'absent', 'excused', 'duty')), -- wanted, then given
    reason        text NOT NULL CHECK (reason <> ''),
    asked_by_id   uuid NOT NULL,
    asked_role    text NOT NULL CHECK (asked_role IN ('student', 'teacher', 'admin')),
    asked_at      timestamptz NOT NULL,
    decided_by_id uuid,
    decided_role  text NOT NULL DEFAULT '',
    decided_at    timestamptz,
    note          text NOT NULL DEFAULT '',
    CHECK ((kind = 'leave') = (session_id IS NULL)),
    CHECK ((kind = 'leave') = (from_at IS NOT NULL) AND (kind = 'leave') = (to_at IS NOT NULL)),
    CHECK (from_at < to_at),
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX request_asked ON request (asked_at, id);
CREATE INDEX request_state ON request (state, asked_at, id);
CREATE INDEX request_student ON request (student_id, asked_at, id);
CREATE INDEX request_course ON request USING gin (course_ids);
CREATE INDEX request_leave ON request (student_id) WHERE kind = 'leave' AND state = 'approved';
CREATE UNIQUE INDEX request_once ON request (session_id, student_id, kind) WHERE state = 'open' AND session_id IS NOT NULL;

-- The ledger. line is the whole of a row as it was hashed, the other columns are
-- read from it: hash = SHA-256(prev_hash ‖ line). Rows are sealed by audit_seal()
-- when their transaction commits, one after another.
CREATE TABLE audit (
    seq       bigint PRIMARY KEY CHECK (seq > 0),
    line      text NOT NULL,
    prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
    at_ms     bigint NOT NULL GENERATED ALWAYS AS ((line::jsonb->>'at_ms')::bigint) STORED,
    kind      text NOT NULL GENERATED ALWAYS AS (line::jsonb->>'kind') STORED,
    actor_id  uuid GENERATED ALWAYS AS ((line::jsonb->'actor'->>'id')::uuid) STORED,
    subjects  jsonb NOT NULL GENERATED ALWAYS AS (line::jsonb->'subjects') STORED
);
CREATE INDEX audit_at ON audit (at_ms, seq);
CREATE INDEX audit_kind ON audit (kind, seq);
CREATE INDEX audit_actor ON audit (actor_id, seq);
CREATE INDEX audit_subjects ON audit USING gin (subjects jsonb_path_ops);

-- One row; its lock makes the order of the chain the order of commits, and is held
-- only while a transaction commits.
CREATE TABLE audit_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq  bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(hash) = 32)
);
INSERT INTO audit_head DEFAULT VALUES;

-- What the transaction under way has to have sealed; empty at all other times.
CREATE TABLE audit_due (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms    bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    kind     text NOT NULL CHECK (kind <> ''),
    actor    jsonb, -- NULL: whose transaction it is
    subjects jsonb NOT NULL CHECK (jsonb_typeof(subjects) = 'array'),
    body     jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object')
);

-- +goose StatementBegin
CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    head audit_head;
    due audit_due;
    said text := nullif(current_setting('arise.who', true), '');
    who jsonb := coalesce(convert_from(decode(said, 'hex'), 'UTF8')::jsonb, '{"role": "server"}');
    line text;
    sealed bytea;
BEGIN
    IF NOT EXISTS (SELECT FROM audit_due WHERE id = NEW.id) THEN
        RETURN NULL; -- with the first of this transaction
    END IF;
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    FOR due IN SELECT * FROM audit_due ORDER BY id LOOP
        head.seq := head.seq + 1;
        line := jsonb_build_object('seq', head.seq, 'at_ms', due.at_ms, 'actor', coalesce(due.actor, who),
            'kind', due.kind, 'subjects', due.subjects, 'body', due.body)::text;
        sealed := sha256(head.hash || convert_to(line, 'UTF8'));
        INSERT INTO audit (seq, line, prev_hash, hash) VALUES (head.seq, line, head.hash, sealed);
        head.hash := sealed;
    END LOOP;
    UPDATE audit_head SET seq = head.seq, hash = head.hash;
    DELETE FROM audit_due;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT ON audit_due DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_seal();

-- +goose StatementBegin
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit ledger only grows';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();

-- +goose StatementBegin
-- What may be shown of a column: that a secret was there, never which.
CREATE FUNCTION audit_shown(name text, value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN name ~ '(hash|secret|password|token|sealed|pin)' AND value NOT IN ('null', '""') THEN '"(secret)"' ELSE value END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A row of a table was changed, by whatever program and statement. The arguments
-- are columns that change by themselves.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    about jsonb;
    lost jsonb;
    got jsonb;
    verb text := CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'DELETE' THEN 'removed' ELSE 'changed' END;
BEGIN
    SELECT jsonb_agg(DISTINCT value) INTO about FROM jsonb_each_text(coalesce(is_now, was))
    WHERE (key IN ('id', 'key') OR key LIKE '%\_id') AND value <> '';
    SELECT jsonb_object_agg(key, audit_shown(CASE key WHEN 'value' THEN was->>'key' ELSE key END, value)) INTO lost
    FROM jsonb_each(was) WHERE NOT key = ANY(coalesce(TG_ARGV, '{}')) AND value IS DISTINCT FROM is_now->key;
    SELECT jsonb_object_agg(key, audit_shown(CASE key WHEN 'value' THEN is_now->>'key' ELSE key END, value)) INTO got
    FROM jsonb_each(is_now) WHERE NOT key = ANY(coalesce(TG_ARGV, '{}')) AND value IS DISTINCT FROM was->key;
    IF lost IS NULL AND got IS NULL THEN
        RETURN NULL; -- nothing changed that anybody decides
    END IF;
    IF TG_OP = 'UPDATE' AND got ? 'state' THEN
        verb := got->>'state';
    ELSIF TG_OP = 'UPDATE' AND got ? 'archived_at' THEN
        verb := CASE WHEN is_now->>'archived_at' IS NULL THEN 'restored' ELSE 'archived' END;
    ELSIF TG_OP = 'UPDATE' AND got ? 'revoked_at' THEN
        verb := CASE WHEN is_now->>'revoked_at' IS NULL THEN 'restored' ELSE 'revoked' END;
    END IF;
    INSERT INTO audit_due (kind, subjects, body) VALUES (TG_TABLE_NAME || '.' || verb, coalesce(about, '[]'),
        CASE WHEN lost IS NULL THEN '{}' ELSE jsonb_build_object('before', lost) END
        || CASE WHEN got IS NULL THEN '{}' ELSE jsonb_build_object('after', got) END);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON term FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON course FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON teacher FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON teaching FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON student FOR EACH ROW EXECUTE FUNCTION audit_row('search');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON enrolment FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON setting FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON node FOR EACH ROW EXECUTE FUNCTION audit_row('last_seen_at', 'scope_rev', 'version');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON node_course FOR EACH ROW EXECUTE FUNCTION audit_row();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON request FOR EACH ROW EXECUTE FUNCTION audit_row();

-- +goose Down
DROP TRIGGER audit ON node_course;
DROP TRIGGER audit ON node;
DROP TRIGGER audit ON account;
DROP TRIGGER audit ON setting;
DROP TRIGGER audit ON enrolment;
DROP TRIGGER audit ON student;
DROP TRIGGER audit ON teaching;
DROP TRIGGER audit ON teacher;
DROP TRIGGER audit ON course;
DROP TRIGGER audit ON term;
DROP TABLE request;
DROP FUNCTION audit_row();
DROP FUNCTION audit_shown(text, jsonb);
DROP TABLE audit_due;
DROP FUNCTION audit_seal();
DROP TABLE audit_head;
DROP TABLE audit;
DROP FUNCTION audit_only_grows();
ALTER TABLE fact DROP CONSTRAINT fact_class_check;
ALTER TABLE fact ADD CONSTRAINT fact_class_check CHECK (class IN (0, 10, 20, 30, 40)) NOT VALID;
