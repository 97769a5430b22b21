-- What the pendrives have to learn.

-- +goose Up
-- One row. rev is dense: the last statement of a roster transaction takes the
-- next one, and its row lock makes the order of revisions the order of commits.
CREATE TABLE roster_head (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    rev        bigint NOT NULL DEFAULT 0,
    generation uuid NOT NULL DEFAULT gen_random_uuid(), -- new for a restored database: its revisions start a new count
    home       text NOT NULL DEFAULT '' -- the server and database these rows were last served from
);
INSERT INTO roster_head DEFAULT VALUES;

-- The latest change of each row, for each course in whose scope it is. Rows are
-- built from the tables when they are read; one that is not there any more is gone.
CREATE TABLE roster_change (
    kind      text NOT NULL CHECK (kind IN ('course', 'teacher', 'teaching', 'student', 'enrolment', 'setting')),
    key       text NOT NULL,
    course_id uuid, -- NULL: for every pendrive
    rev       bigint NOT NULL
);
CREATE UNIQUE INDEX roster_change_row ON roster_change (kind, key, coalesce(course_id, '00000000-0000-0000-0000-000000000000'));
CREATE INDEX roster_change_rev ON roster_change (rev);

-- +goose StatementBegin
-- Names the server and database that answer. A dump restored elsewhere, and a
-- copy on the same server, answer differently. A host that hides the server's own
-- identity leaves the database's number.
CREATE FUNCTION whereabouts() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    here text := (SELECT d.oid::text FROM pg_catalog.pg_database d WHERE d.datname = current_database());
BEGIN
    RETURN (SELECT c.system_identifier::text FROM pg_control_system() c) || ' ' || here;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN here;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION whereabouts();
DROP TABLE roster_change;
DROP TABLE roster_head;
