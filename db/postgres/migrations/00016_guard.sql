-- What holds people and programs back, the same for all replicas; and the tokens
-- of programs.

-- +goose Up
-- Wrong secrets per key: an account at one address, or an account anywhere. A
-- crash may forget them: UNLOGGED, as nobody is marked by them.
CREATE UNLOGGED TABLE guess (
    key         bytea PRIMARY KEY CHECK (octet_length(key) = 32), -- SHA-256: what people type there may be a password
    tries       integer NOT NULL,
    pauses      integer NOT NULL DEFAULT 0,
    seen_at     timestamptz NOT NULL,
    pause_until timestamptz,
    right_at    timestamptz, -- the secret was known here
    forget_at   timestamptz NOT NULL
);
CREATE INDEX guess_forget ON guess (forget_at);

-- Requests per key and window, of those who ask much.
CREATE UNLOGGED TABLE traffic (
    key       bytea NOT NULL CHECK (octet_length(key) = 32),
    window_at timestamptz NOT NULL,
    requests  bigint NOT NULL,
    PRIMARY KEY (key, window_at)
);
CREATE INDEX traffic_window ON traffic (window_at);

-- Programs of the school that call the API.
CREATE TABLE token (
    id           uuid PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    scopes       text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'write', 'admin']),
    hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32), -- SHA-256 of 256 random bits
    created_by   uuid NOT NULL REFERENCES account,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz
);

-- Are there verifiers of the original's left? While there are, a wrong password
-- takes as long for everybody as it takes for them.
CREATE INDEX account_imported ON account ((1)) WHERE password_hash LIKE '$2%';
CREATE INDEX teacher_imported ON teacher ((1)) WHERE pin_hash LIKE '$2%';
CREATE INDEX student_imported ON student ((1)) WHERE password_hash LIKE '$2%';

-- +goose Down
DROP INDEX student_imported;
DROP INDEX teacher_imported;
DROP INDEX account_imported;
DROP TABLE token;
DROP TABLE traffic;
DROP TABLE guess;
