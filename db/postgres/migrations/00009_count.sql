-- What the registers add up to, so that sums over the school need not read them.
-- All of it is derived: `api admin rebuild` makes it again.

-- +goose Up

-- A row says that a course's counts may lack something that was committed with the
-- row. Rows are only ever added, so no writer waits for another or for a count; a
-- count takes away exactly those it saw.
CREATE TABLE stale (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    course_id uuid NOT NULL REFERENCES course ON DELETE CASCADE
);
CREATE INDEX stale_course ON stale (course_id);

CREATE TABLE course_count (
    course_id  uuid PRIMARY KEY REFERENCES course ON DELETE CASCADE,
    policy     jsonb NOT NULL, -- of the newest session that counts
    counted_at timestamptz NOT NULL
);

CREATE TABLE session_count (
    session_id uuid PRIMARY KEY REFERENCES session ON DELETE CASCADE,
    course_id  uuid NOT NULL REFERENCES course ON DELETE CASCADE,
    ord        integer NOT NULL, -- its place among the course's, from 0: the letter in student_count.cells
    opened_at  timestamptz NOT NULL,
    kind       text NOT NULL,
    expected   integer NOT NULL,
    present    integer NOT NULL,
    late       integer NOT NULL,
    absent     integer NOT NULL,
    excused    integer NOT NULL,
    duty       integer NOT NULL
);
CREATE INDEX session_count_course ON session_count (course_id, ord);
CREATE INDEX session_count_opened ON session_count (opened_at);

CREATE TABLE student_count (
    course_id      uuid NOT NULL REFERENCES course ON DELETE CASCADE,
    student_id     uuid NOT NULL REFERENCES student ON DELETE CASCADE,
    present        integer NOT NULL,
    late           integer NOT NULL,
    absent         integer NOT NULL,
    excused        integer NOT NULL,
    duty           integer NOT NULL,
    current_streak integer NOT NULL,
    longest_streak integer NOT NULL,
    missed         integer NOT NULL, -- absences in a row, up to the newest session
    band           text NOT NULL CHECK (band IN ('none', 'safe', 'warning', 'critical')),
    cells          text NOT NULL, -- a letter for each session
    PRIMARY KEY (course_id, student_id)
);
CREATE INDEX student_count_student ON student_count (student_id);
CREATE INDEX student_count_missed ON student_count (missed) WHERE missed > 1;

-- Students who want to be named on the leaderboard.
CREATE TABLE leaderboard_member (
    student_id uuid PRIMARY KEY REFERENCES student ON DELETE CASCADE,
    since      timestamptz NOT NULL
);

-- What was held before there were counts.
INSERT INTO stale (course_id) SELECT id FROM course;

-- +goose Down
DROP TABLE leaderboard_member;
DROP TABLE student_count;
DROP TABLE session_count;
DROP TABLE course_count;
DROP TABLE stale;
