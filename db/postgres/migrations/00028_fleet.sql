-- Pendrives that the office makes: with whole semesters, with an end, and with what
-- they say of themselves when they call.

-- +goose Up
ALTER TABLE node
    ADD COLUMN expires_at timestamptz, -- begins no class from then on; NULL: has no end
    ADD COLUMN waiting integer NOT NULL DEFAULT 0 CHECK (waiting >= 0), -- lines of its log that were not confirmed
    ADD COLUMN ahead_ms bigint NOT NULL DEFAULT 0; -- its clock before ours

-- Courses that are in a term now or later, beside those that are named.
CREATE TABLE node_term (
    node_id uuid NOT NULL REFERENCES node ON DELETE CASCADE,
    term_id uuid NOT NULL REFERENCES term ON DELETE CASCADE,
    PRIMARY KEY (node_id, term_id)
);
CREATE INDEX node_term_term ON node_term (term_id);
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON node_term FOR EACH ROW EXECUTE FUNCTION audit_row();

DROP TRIGGER audit ON node;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON node
    FOR EACH ROW EXECUTE FUNCTION audit_row('last_seen_at', 'scope_rev', 'version', 'waiting', 'ahead_ms');

-- A name is what people know a drive by. Until now two could have one.
UPDATE node SET name = name || ' ' || left(id::text, 8)
WHERE kind = 'edge' AND revoked_at IS NULL AND EXISTS (
    SELECT FROM node other WHERE other.kind = 'edge' AND other.revoked_at IS NULL
        AND lower(other.name) = lower(node.name) AND (other.created_at, other.id) < (node.created_at, node.id));
CREATE UNIQUE INDEX node_name ON node (lower(name)) WHERE kind = 'edge' AND revoked_at IS NULL;

-- +goose Down
DROP INDEX node_name;
DROP TRIGGER audit ON node;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON node FOR EACH ROW EXECUTE FUNCTION audit_row('last_seen_at', 'scope_rev', 'version');
DROP TABLE node_term;
ALTER TABLE node DROP COLUMN ahead_ms, DROP COLUMN waiting, DROP COLUMN expires_at;
