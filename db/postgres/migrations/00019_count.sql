-- Sums over the school stay on the counts: no enrolment, and no session, is looked
-- at for each of them.

-- +goose Up
ALTER TABLE course_count
    ADD COLUMN sessions integer NOT NULL DEFAULT 0,
    ADD COLUMN online   integer NOT NULL DEFAULT 0,
    ADD COLUMN expected integer NOT NULL DEFAULT 0,
    ADD COLUMN present  integer NOT NULL DEFAULT 0,
    ADD COLUMN late     integer NOT NULL DEFAULT 0,
    ADD COLUMN absent   integer NOT NULL DEFAULT 0,
    ADD COLUMN excused  integer NOT NULL DEFAULT 0,
    ADD COLUMN duty     integer NOT NULL DEFAULT 0;

-- When the student is enrolled: whether they are at a time is asked of a count.
ALTER TABLE student_count ADD COLUMN enrolled tstzmultirange NOT NULL DEFAULT '{}';

INSERT INTO stale (course_id) SELECT id FROM course;

-- +goose Down
ALTER TABLE student_count DROP COLUMN enrolled;
ALTER TABLE course_count DROP COLUMN sessions, DROP COLUMN online, DROP COLUMN expected, DROP COLUMN present, DROP COLUMN late,
    DROP COLUMN absent, DROP COLUMN excused, DROP COLUMN duty;
