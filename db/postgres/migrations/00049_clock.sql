-- How well it is known when a fact happened; empty: the server that made it stored it.

-- +goose Up
ALTER TABLE fact ADD COLUMN clocking text NOT NULL DEFAULT ''
    CHECK (clocking IN ('', 'exact', 'told', 'believed', 'guessed', 'clamped'));

-- +goose Down
ALTER TABLE fact DROP COLUMN clocking;
