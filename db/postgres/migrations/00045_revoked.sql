-- What a revoked pendrive hands in waits for people.

-- +goose Up
ALTER TABLE inbox DROP CONSTRAINT inbox_reason_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_reason_check CHECK (reason IN ('unknown_session', 'unknown_person', 'not_enrolled_then',
    'hash_conflict', 'unknown_kind', 'poison', 'not_entitled', 'revoked', 'unplaced', 'walk_in', 'clone_suspect', 'clock_ahead'));

-- +goose Down
ALTER TABLE inbox DROP CONSTRAINT inbox_reason_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_reason_check CHECK (reason IN ('unknown_session', 'unknown_person', 'not_enrolled_then',
    'hash_conflict', 'unknown_kind', 'poison', 'not_entitled', 'unplaced', 'walk_in', 'clone_suspect', 'clock_ahead')) NOT VALID;
