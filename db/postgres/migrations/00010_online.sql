-- Classes held online: their links, wrong codes, and who answered.

-- +goose Up
-- Neither a link nor a code can be made from what is here: both come from the
-- server's own secret and the session's id.
CREATE TABLE online_session (
    session_id uuid PRIMARY KEY REFERENCES session,
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32), -- SHA-256 of the link's 128 bits
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Keys are keyed hashes of a student, a roll or an address. No foreign key: a
-- row is a count that is thrown away.
CREATE TABLE online_try (
    session_id uuid NOT NULL,
    key        bytea NOT NULL CHECK (octet_length(key) = 32),
    failures   integer NOT NULL CHECK (failures > 0),
    until      timestamptz, -- the end of a pause
    at         timestamptz NOT NULL,
    PRIMARY KEY (session_id, key)
);
CREATE INDEX online_try_at ON online_try (at);

-- A student answers once, so a code is good once for each of them.
CREATE TABLE online_answer (
    session_id   uuid NOT NULL REFERENCES session,
    student_id   uuid NOT NULL REFERENCES student,
    step         bigint NOT NULL,
    at           timestamptz NOT NULL,
    browser_hash bytea, -- keyed, and different in each session
    address_hash bytea,
    PRIMARY KEY (session_id, student_id)
);
CREATE INDEX online_answer_at ON online_answer (at) WHERE browser_hash IS NOT NULL OR address_hash IS NOT NULL;

-- +goose Down
DROP TABLE online_answer;
DROP TABLE online_try;
DROP TABLE online_session;
