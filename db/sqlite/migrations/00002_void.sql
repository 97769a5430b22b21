-- A session that was deleted, and restored: the latest word on whether it counts, by void_ord and then void_fact_id.

-- +goose Up
ALTER TABLE session ADD COLUMN voided INTEGER NOT NULL DEFAULT 0 CHECK (voided IN (0, 1));
ALTER TABLE session ADD COLUMN void_ord INTEGER NOT NULL DEFAULT 0; -- 0: nobody ever deleted it
ALTER TABLE session ADD COLUMN void_fact_id BLOB CHECK (length(void_fact_id) = 16);
ALTER TABLE session ADD COLUMN void_by_id BLOB CHECK (length(void_by_id) = 16);
ALTER TABLE session ADD COLUMN void_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN void_reason TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE session DROP COLUMN void_reason;
ALTER TABLE session DROP COLUMN void_ms;
ALTER TABLE session DROP COLUMN void_by_id;
ALTER TABLE session DROP COLUMN void_fact_id;
ALTER TABLE session DROP COLUMN void_ord;
ALTER TABLE session DROP COLUMN voided;
