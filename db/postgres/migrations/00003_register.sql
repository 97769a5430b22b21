-- What happened (fact, append-only), what could not be placed (inbox), and what
-- is derived from it (session, standing).

-- +goose Up
-- teacher_id and device_id come from a fact and name whom it named: a pendrive's
-- fact is kept even if it names somebody this cloud never knew.
CREATE TABLE session (
    id         uuid PRIMARY KEY,
    course_id  uuid NOT NULL REFERENCES course,
    node_id    uuid NOT NULL REFERENCES node,
    teacher_id uuid,
    kind       text NOT NULL CHECK (kind IN ('offline', 'online')),
    topic      text NOT NULL DEFAULT '',
    room       text NOT NULL DEFAULT '',
    device_id  uuid,
    opened_at  timestamptz NOT NULL,
    closes_at  timestamptz NOT NULL,
    closed_at  timestamptz,
    opened     jsonb NOT NULL, -- the opening's three clocks
    policy     jsonb NOT NULL -- frozen when it was opened
);
CREATE INDEX session_course ON session (course_id, opened_at, id);
CREATE INDEX session_running ON session (opened_at, id) WHERE closed_at IS NULL;

CREATE TABLE fact (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('session.opened', 'session.extended', 'session.ended',
                                               'mark.seen', 'mark.set', 'mark.cleared', 'note')),
    session_id   uuid REFERENCES session,
    student_id   uuid REFERENCES student,
    node_id      uuid NOT NULL REFERENCES node,
    incarnation  uuid,
    seq          bigint NOT NULL DEFAULT 0, -- 0: not from a pendrive's log
    gesture_id   uuid,
    device_id    uuid,
    device_epoch bigint NOT NULL DEFAULT 0,
    device_seq   bigint NOT NULL DEFAULT 0, -- 0: the scanner does not count
    class        smallint NOT NULL DEFAULT 0 CHECK (class IN (0, 10, 20, 30, 40)),
    ord          bigint NOT NULL,
    effective_at timestamptz NOT NULL,
    body         bytea NOT NULL,
    digest       bytea NOT NULL CHECK (octet_length(digest) = 32),
    stored_xid   xid8 NOT NULL DEFAULT pg_current_xact_id(), -- the feed's cursor: see queries/postgres/feed.sql
    stored_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fact_session ON fact (session_id, student_id);
CREATE INDEX fact_gesture ON fact (gesture_id) WHERE gesture_id IS NOT NULL;
CREATE INDEX fact_stored ON fact (stored_xid, ord, id);
CREATE INDEX fact_ord ON fact (ord);
CREATE UNIQUE INDEX fact_scan ON fact (device_id, device_epoch, device_seq) WHERE device_seq > 0;

-- Nothing here refers to rosters or sessions: it is here because it could not.
CREATE TABLE inbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason       text NOT NULL CHECK (reason IN ('unknown_session', 'unknown_person', 'not_enrolled_then', 'hash_conflict',
                                                 'unknown_kind', 'poison', 'not_entitled', 'unplaced')),
    fact_id      uuid NOT NULL,
    node_id      uuid NOT NULL REFERENCES node,
    incarnation  uuid,
    seq          bigint NOT NULL DEFAULT 0,
    session_id   uuid,
    device_id    uuid,
    ord          bigint NOT NULL,
    effective_at timestamptz NOT NULL,
    body         bytea NOT NULL,
    digest       bytea NOT NULL CHECK (octet_length(digest) = 32),
    received_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at  timestamptz,
    resolution   text CHECK (resolution IN ('placed', 'accepted', 'mapped', 'linked', 'rejected')),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
-- The same bytes for the same reason are one item, however often they come.
CREATE UNIQUE INDEX inbox_once ON inbox (fact_id, digest, reason);
CREATE INDEX inbox_session ON inbox (session_id) WHERE resolved_at IS NULL;
CREATE INDEX inbox_open ON inbox (ord, fact_id) WHERE resolved_at IS NULL;

-- The fold of the facts of one student in one session, kept in the same
-- transaction as the facts. state can be derived again; the rest from state.
CREATE TABLE standing (
    session_id uuid NOT NULL REFERENCES session,
    student_id uuid NOT NULL REFERENCES student,
    state      jsonb NOT NULL,
    status     text NOT NULL CHECK (status IN ('', 'present', 'late', 'absent', 'excused', 'duty', 'not_required')),
    method     text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT '',
    at         timestamptz,
    conflict   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (session_id, student_id)
);
CREATE INDEX standing_student ON standing (student_id);

-- +goose Down
DROP TABLE standing;
DROP TABLE inbox;
DROP TABLE fact;
DROP TABLE session;
