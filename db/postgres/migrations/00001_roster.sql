-- Who teaches what to whom. Rows change only through the roster writer
-- (postgres.Store.Change), which also writes what the pendrives must learn.

-- +goose Up
CREATE TABLE setting (
    key     text PRIMARY KEY CHECK (key <> ''),
    value   jsonb NOT NULL,
    travels boolean NOT NULL DEFAULT false -- on the roster feed
);

CREATE TABLE term (
    id          uuid PRIMARY KEY,
    name        text NOT NULL CHECK (name <> ''),
    starts_on   date,
    ends_on     date,
    archived_at timestamptz,
    CHECK (starts_on <= ends_on)
);
CREATE UNIQUE INDEX term_name ON term (lower(name)) WHERE archived_at IS NULL;

CREATE TABLE teacher (
    id          uuid PRIMARY KEY,
    name        text NOT NULL CHECK (name <> ''),
    code        text NOT NULL,
    pin_hash    text NOT NULL DEFAULT '', -- argon2id; '': cannot sign in
    email       text NOT NULL DEFAULT '',
    archived_at timestamptz
);
CREATE UNIQUE INDEX teacher_code ON teacher (lower(code)) WHERE archived_at IS NULL AND code <> '';

CREATE TABLE student (
    id              uuid PRIMARY KEY,
    name            text NOT NULL CHECK (name <> ''),
    university_roll text NOT NULL,
    enrolment_no    text NOT NULL,
    email           text NOT NULL DEFAULT '',
    email2          text NOT NULL DEFAULT '',
    password_hash   text NOT NULL DEFAULT '',
    archived_at     timestamptz
);
CREATE UNIQUE INDEX student_university_roll ON student (upper(university_roll)) WHERE university_roll <> '';
CREATE UNIQUE INDEX student_enrolment_no ON student (upper(enrolment_no)) WHERE enrolment_no <> '';

CREATE TABLE course (
    id              uuid PRIMARY KEY,
    term_id         uuid REFERENCES term,
    code            text NOT NULL CHECK (code <> ''),
    name            text NOT NULL CHECK (name <> ''),
    default_minutes integer NOT NULL CHECK (default_minutes BETWEEN 1 AND 720),
    archived_at     timestamptz
);
-- A code is typed at sign-in: it names one course of those that run.
CREATE UNIQUE INDEX course_code ON course (lower(code)) WHERE archived_at IS NULL;
CREATE INDEX course_term ON course (term_id);

CREATE TABLE teaching (
    id         uuid PRIMARY KEY,
    course_id  uuid NOT NULL REFERENCES course,
    teacher_id uuid NOT NULL REFERENCES teacher,
    from_at    timestamptz NOT NULL,
    to_at      timestamptz, -- NULL: still
    CHECK (from_at <= to_at)
);
CREATE UNIQUE INDEX teaching_open ON teaching (course_id, teacher_id) WHERE to_at IS NULL;
CREATE INDEX teaching_course ON teaching (course_id);
CREATE INDEX teaching_teacher ON teaching (teacher_id);

CREATE TABLE enrolment (
    id         uuid PRIMARY KEY,
    course_id  uuid NOT NULL REFERENCES course,
    student_id uuid NOT NULL REFERENCES student,
    roll       integer NOT NULL CHECK (roll > 0),
    from_at    timestamptz NOT NULL,
    to_at      timestamptz, -- NULL: still
    CHECK (from_at <= to_at)
);
CREATE UNIQUE INDEX enrolment_open_roll ON enrolment (course_id, roll) WHERE to_at IS NULL;
CREATE UNIQUE INDEX enrolment_open_student ON enrolment (course_id, student_id) WHERE to_at IS NULL;
CREATE INDEX enrolment_course ON enrolment (course_id, roll);
CREATE INDEX enrolment_student ON enrolment (student_id);

-- People of the office.
CREATE TABLE account (
    id            uuid PRIMARY KEY,
    username      text NOT NULL CHECK (username <> ''),
    password_hash text NOT NULL, -- argon2id
    created_at    timestamptz NOT NULL DEFAULT now(),
    archived_at   timestamptz
);
CREATE UNIQUE INDEX account_username ON account (lower(username)) WHERE archived_at IS NULL;

-- +goose Down
DROP TABLE account;
DROP TABLE enrolment;
DROP TABLE teaching;
DROP TABLE course;
DROP TABLE student;
DROP TABLE teacher;
DROP TABLE term;
DROP TABLE setting;
