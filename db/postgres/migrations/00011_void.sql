-- A session that was deleted, and restored: two more kinds of fact, and their fold.

-- +goose Up
ALTER TABLE fact DROP CONSTRAINT fact_kind_check;
ALTER TABLE fact ADD CONSTRAINT fact_kind_check CHECK (kind IN ('session.opened', 'session.extended', 'session.ended',
    'session.voided', 'session.restored', 'mark.seen', 'mark.set', 'mark.cleared', 'note'));

-- The latest word on whether it counts, by void_ord and then void_fact_id. Whatever
-- counts or lists classes leaves out the voided ones: see queries_test.go.
ALTER TABLE session
    ADD COLUMN voided boolean NOT NULL DEFAULT false,
    ADD COLUMN void_ord bigint NOT NULL DEFAULT 0, -- 0: nobody ever deleted it
    ADD COLUMN void_fact_id uuid,
    ADD COLUMN void_by_id uuid, -- as the fact names them
    ADD COLUMN void_at timestamptz,
    ADD COLUMN void_reason text NOT NULL DEFAULT '',
    ADD CHECK ((void_ord = 0) = (void_fact_id IS NULL)),
    ADD CHECK (void_ord > 0 OR NOT voided);
CREATE INDEX session_voided ON session (course_id, opened_at, id) WHERE voided;

-- +goose Down
DROP INDEX session_voided;
ALTER TABLE session DROP COLUMN voided, DROP COLUMN void_ord, DROP COLUMN void_fact_id, DROP COLUMN void_by_id,
    DROP COLUMN void_at, DROP COLUMN void_reason;
ALTER TABLE fact DROP CONSTRAINT fact_kind_check;
ALTER TABLE fact ADD CONSTRAINT fact_kind_check CHECK (kind IN ('session.opened', 'session.extended', 'session.ended',
    'mark.seen', 'mark.set', 'mark.cleared', 'note')) NOT VALID; -- what was deleted meanwhile stays a fact
