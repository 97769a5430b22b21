-- What is kept aside can be dealt with, by whom it says, and be taken back.

-- +goose Up
ALTER TABLE inbox DROP CONSTRAINT inbox_reason_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_reason_check CHECK (reason IN ('unknown_session', 'unknown_person', 'not_enrolled_then',
    'hash_conflict', 'unknown_kind', 'poison', 'not_entitled', 'unplaced', 'walk_in', 'clone_suspect', 'clock_ahead'));
ALTER TABLE inbox DROP CONSTRAINT inbox_resolution_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_resolution_check CHECK (resolution IN ('placed', 'accepted', 'mapped', 'linked', 'enrolled', 'rejected'));
ALTER TABLE inbox
    ADD COLUMN student_id uuid, -- as the fact names them; nobody known, perhaps
    ADD COLUMN resolved_by_id uuid, -- NULL: nobody, it found its place
    ADD COLUMN note text NOT NULL DEFAULT '',
    ADD COLUMN ruling_id uuid; -- the fact that says how it was dealt with
CREATE INDEX inbox_todo ON inbox (id) WHERE resolved_at IS NULL;
CREATE INDEX inbox_node ON inbox (node_id, id);
CREATE INDEX inbox_reason ON inbox (reason, id);
CREATE INDEX inbox_student ON inbox (student_id) WHERE student_id IS NOT NULL;

-- Uploads put items in and take them out by themselves; what a person decides is noted.
CREATE TRIGGER audit AFTER UPDATE ON inbox FOR EACH ROW WHEN (OLD.resolved_by_id IS DISTINCT FROM NEW.resolved_by_id)
    EXECUTE FUNCTION audit_row('resolved_at', 'body', 'digest');

-- +goose Down
DROP TRIGGER audit ON inbox;
DROP INDEX inbox_student;
DROP INDEX inbox_reason;
DROP INDEX inbox_node;
DROP INDEX inbox_todo;
ALTER TABLE inbox DROP COLUMN ruling_id, DROP COLUMN note, DROP COLUMN resolved_by_id, DROP COLUMN student_id;
ALTER TABLE inbox DROP CONSTRAINT inbox_resolution_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_resolution_check CHECK (resolution IN ('placed', 'accepted', 'mapped', 'linked', 'rejected')) NOT VALID;
ALTER TABLE inbox DROP CONSTRAINT inbox_reason_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_reason_check CHECK (reason IN ('unknown_session', 'unknown_person', 'not_enrolled_then',
    'hash_conflict', 'unknown_kind', 'poison', 'not_entitled', 'unplaced')) NOT VALID;
