-- What the office lets this pendrive do, and the claim code that waits for a cloud. One row.

-- +goose Up
CREATE TABLE lease (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    claim      TEXT    NOT NULL DEFAULT '', -- has opened the first roster; empty once the cloud took it
    state      TEXT    NOT NULL DEFAULT '' CHECK (state IN ('', 'active', 'expired', 'revoked')), -- as the cloud told
    expires_ms INTEGER NOT NULL DEFAULT 0 -- begins no class from then on; 0: has no end
) STRICT;
INSERT INTO lease (one) VALUES (1);

-- +goose Down
DROP TABLE lease;
