-- Who is signed in, and the links that make the first account.

-- +goose Up
ALTER TABLE account ADD COLUMN must_change boolean NOT NULL DEFAULT false; -- the password was made by somebody else

CREATE TABLE login (
    id           uuid PRIMARY KEY, -- in the token
    person_id    uuid NOT NULL, -- an account or a teacher, as role says
    role         text NOT NULL CHECK (role IN ('admin', 'teacher')),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    agent        text NOT NULL DEFAULT '', -- the browser, as it named itself
    address      text NOT NULL DEFAULT ''
);
CREATE INDEX login_person ON login (person_id);
CREATE INDEX login_expires ON login (expires_at);

-- Each program that starts without an account prints one link; the first that is
-- used ends them all.
CREATE TABLE setup (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32), -- SHA-256 of 256 random bits
    expires_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE setup;
DROP TABLE login;
ALTER TABLE account DROP COLUMN must_change;
