-- Browsers of the classroom's network that the teacher let in.

-- +goose Up
CREATE TABLE phone (
    id        BLOB    PRIMARY KEY CHECK (length(id) = 16),
    hash      BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of its secret
    agent     TEXT    NOT NULL,
    address   TEXT    NOT NULL,
    paired_ms INTEGER NOT NULL,
    seen_ms   INTEGER NOT NULL, -- to the hour
    until_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE phone;
