-- Sums over the school read a row for each course: what its sessions add up to, who
-- is in it and how they stand, written small.

-- +goose Up
ALTER TABLE course_count
    ADD COLUMN enrolled       integer NOT NULL DEFAULT 0, -- when it was counted …
    ADD COLUMN enrolled_until timestamptz,                -- … and until then; NULL: for good
    ALTER COLUMN policy TYPE text; -- nothing looks into it, and a document takes longer to write than to keep
CREATE INDEX course_count_until ON course_count (enrolled_until) WHERE enrolled_until IS NOT NULL;

CREATE TABLE strip (
    course_id uuid PRIMARY KEY REFERENCES course ON DELETE CASCADE,
    sessions  bytea NOT NULL, -- attendance.Footings
    members   bytea NOT NULL CHECK (octet_length(members) % 16 = 0), -- ids
    bands     text NOT NULL CHECK (length(bands) * 16 = octet_length(members)),
    cells     text NOT NULL -- of one member after the other
) WITH (toast_tuple_target = 8160); -- a course of fifty stays in one page
-- Ids cannot be packed, and unpacking the rest takes longer than reading it.
ALTER TABLE strip
    ALTER COLUMN sessions SET STORAGE EXTERNAL,
    ALTER COLUMN members SET STORAGE EXTERNAL,
    ALTER COLUMN bands SET STORAGE EXTERNAL,
    ALTER COLUMN cells SET STORAGE EXTERNAL;

-- The overview counts them.
CREATE INDEX student_here ON student (id) WHERE archived_at IS NULL;

INSERT INTO stale (course_id) SELECT id FROM course;

-- +goose Down
DROP INDEX student_here;
DROP TABLE strip;
DROP INDEX course_count_until;
ALTER TABLE course_count DROP COLUMN enrolled, DROP COLUMN enrolled_until, ALTER COLUMN policy TYPE jsonb USING policy::jsonb;
