-- Keys that a pendrive had before it was issued again: who has one hands in what the
-- lost drive held, for people to look at, and does nothing else.

-- +goose Up
CREATE TABLE node_former (
    key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 32),
    node_id  uuid NOT NULL REFERENCES node ON DELETE CASCADE,
    until_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX node_former_node ON node_former (node_id);

-- +goose Down
DROP TABLE node_former;
