-- +goose Up

-- Times are Unix milliseconds, ids are the 16 bytes of a UUID, NULL is "none".

-- Who this pendrive is, how far the cloud has confirmed its log and how far it has read the feed. One row.
CREATE TABLE identity (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    key            BLOB    NOT NULL CHECK (length(key) = 32),
    node_id        BLOB    CHECK (length(node_id) = 16), -- NULL: not claimed yet
    name           TEXT    NOT NULL DEFAULT '',
    institution    TEXT    NOT NULL DEFAULT '',
    cloud_url      TEXT    NOT NULL DEFAULT '',
    incarnation_id BLOB    NOT NULL CHECK (length(incarnation_id) = 16),
    base_seq       INTEGER NOT NULL DEFAULT 0 CHECK (base_seq >= 0), -- the incarnation's first line follows this one
    acked_seq      INTEGER NOT NULL DEFAULT 0 CHECK (acked_seq >= base_seq),
    acked_hash     BLOB    NOT NULL DEFAULT (zeroblob(32)) CHECK (length(acked_hash) = 32),
    synced_ms      INTEGER NOT NULL DEFAULT 0,
    generation_id  BLOB    CHECK (length(generation_id) = 16), -- of the roster feed; NULL: nothing read yet
    rev            INTEGER NOT NULL DEFAULT 0,
    digest         INTEGER NOT NULL DEFAULT 0, -- 64 bits, read as unsigned
    facts_cursor   TEXT    NOT NULL DEFAULT ''
) STRICT;

-- What this pendrive made, in order: the log is the outbox. Rows are never changed but for what the cloud answered
-- (ord, effective_ms, why, answer) and, when the drive was copied, the hash that belongs to its position.
CREATE TABLE fact (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           BLOB    NOT NULL CHECK (length(id) = 16),
    kind         TEXT    NOT NULL CHECK (kind <> ''),
    session_id   BLOB    CHECK (length(session_id) = 16),
    student_id   BLOB    CHECK (length(student_id) = 16),
    gesture_id   BLOB    CHECK (length(gesture_id) = 16),
    device_id    BLOB    CHECK (length(device_id) = 16),
    ord          INTEGER NOT NULL,
    effective_ms INTEGER NOT NULL,
    body         BLOB    NOT NULL,
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    why          TEXT    NOT NULL DEFAULT '', -- not empty: kept, but not folded here
    answer       TEXT    NOT NULL DEFAULT ''  -- why the cloud keeps it aside
) STRICT;
-- The same id with another body is kept beside the first, so that it still reaches the cloud.
CREATE UNIQUE INDEX fact_once ON fact (id) WHERE why <> 'hash_conflict';
CREATE INDEX fact_clash ON fact (id) WHERE why = 'hash_conflict';
CREATE INDEX fact_session ON fact (session_id, student_id);
CREATE INDEX fact_ord ON fact (ord);
CREATE INDEX fact_aside ON fact (session_id) WHERE why <> '' OR answer <> '';

-- What the cloud told: verdicts of the office, and what an older life of this drive had made. Never sent back.
CREATE TABLE learnt (
    id           BLOB    PRIMARY KEY CHECK (length(id) = 16),
    kind         TEXT    NOT NULL CHECK (kind <> ''),
    session_id   BLOB    CHECK (length(session_id) = 16),
    student_id   BLOB    CHECK (length(student_id) = 16),
    gesture_id   BLOB    CHECK (length(gesture_id) = 16),
    ord          INTEGER NOT NULL,
    effective_ms INTEGER NOT NULL,
    body         BLOB    NOT NULL,
    why          TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX learnt_session ON learnt (session_id, student_id);
CREATE INDEX learnt_ord ON learnt (ord);

CREATE TABLE session (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    course_id  BLOB    NOT NULL CHECK (length(course_id) = 16),
    node_id    BLOB    CHECK (length(node_id) = 16),
    teacher_id BLOB    CHECK (length(teacher_id) = 16),
    device_id  BLOB    CHECK (length(device_id) = 16),
    kind       TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    room       TEXT    NOT NULL,
    opened_ms  INTEGER NOT NULL,
    closes_ms  INTEGER NOT NULL,
    closed_ms  INTEGER,
    wall_ms    INTEGER NOT NULL, -- the opening's stamp
    segment_id BLOB    CHECK (length(segment_id) = 16),
    mono_ms    INTEGER NOT NULL,
    hlc        INTEGER NOT NULL,
    policy     TEXT    NOT NULL CHECK (json_valid(policy))
) STRICT, WITHOUT ROWID;
CREATE INDEX session_course ON session (course_id, opened_ms);
CREATE INDEX session_running ON session (opened_ms) WHERE closed_ms IS NULL;

-- The fold of a session's facts about one student; derived, never the truth.
CREATE TABLE standing (
    session_id BLOB    NOT NULL REFERENCES session (id),
    student_id BLOB    NOT NULL CHECK (length(student_id) = 16),
    state      TEXT    NOT NULL CHECK (json_valid(state)),
    status     TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    conflict   INTEGER NOT NULL CHECK (conflict IN (0, 1)),
    PRIMARY KEY (session_id, student_id)
) STRICT, WITHOUT ROWID;

-- The roster, as the feed carries it. A page of the feed may end between a row and the row it names, so there are
-- no foreign keys among these: the digest answers for the whole. Hidden is what the feed took away.
CREATE TABLE course (
    id              BLOB    PRIMARY KEY CHECK (length(id) = 16),
    code            TEXT    NOT NULL,
    code_key        TEXT    NOT NULL, -- the code in lower case
    name            TEXT    NOT NULL,
    default_minutes INTEGER NOT NULL,
    archived        INTEGER NOT NULL CHECK (archived IN (0, 1)),
    hidden          INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX course_code ON course (code_key);

CREATE TABLE teacher (
    id       BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name     TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    pin_hash TEXT    NOT NULL,
    hidden   INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE teaching (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    course_id  BLOB    NOT NULL CHECK (length(course_id) = 16),
    teacher_id BLOB    NOT NULL CHECK (length(teacher_id) = 16),
    from_ms    INTEGER NOT NULL,
    to_ms      INTEGER NOT NULL, -- 0: open
    hidden     INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX teaching_course ON teaching (course_id);
CREATE INDEX teaching_teacher ON teaching (teacher_id);

CREATE TABLE student (
    id              BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name            TEXT    NOT NULL,
    university_roll TEXT    NOT NULL,
    enrolment_no    TEXT    NOT NULL,
    hidden          INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16),
    course_id  BLOB    NOT NULL CHECK (length(course_id) = 16),
    student_id BLOB    NOT NULL CHECK (length(student_id) = 16),
    roll       INTEGER NOT NULL,
    from_ms    INTEGER NOT NULL,
    to_ms      INTEGER NOT NULL, -- 0: open
    hidden     INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_course ON enrolment (course_id, roll);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

-- The hash of each row the feed gave, for the digest.
CREATE TABLE feed_row (
    kind TEXT    NOT NULL,
    key  TEXT    NOT NULL,
    hash INTEGER NOT NULL, -- 64 bits, read as unsigned
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id        BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name      TEXT    NOT NULL,
    mac       TEXT    NOT NULL,
    address   TEXT    NOT NULL,
    room      TEXT    NOT NULL,
    course_id BLOB    CHECK (length(course_id) = 16),
    legacy    INTEGER NOT NULL CHECK (legacy IN (0, 1)),
    told_id   BLOB    CHECK (length(told_id) = 16),
    settled   INTEGER NOT NULL CHECK (settled IN (0, 1)),
    served_id BLOB    CHECK (length(served_id) = 16),
    seen_ms   INTEGER NOT NULL,
    battery   INTEGER,
    signal    INTEGER,
    queue     INTEGER,
    synced    INTEGER
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE device;
DROP TABLE feed_row;
DROP TABLE setting;
DROP TABLE enrolment;
DROP TABLE student;
DROP TABLE teaching;
DROP TABLE teacher;
DROP TABLE course;
DROP TABLE standing;
DROP TABLE session;
DROP TABLE learnt;
DROP TABLE fact;
DROP TABLE identity;
