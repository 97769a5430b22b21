-- What scanners of our own say of themselves, and that the office shut one out.

-- +goose Up
ALTER TABLE device ADD COLUMN revoked_ms INTEGER NOT NULL DEFAULT 0; -- 0: it was not
ALTER TABLE device ADD COLUMN firmware TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN oldest_s INTEGER; -- age of the oldest mark it still holds
ALTER TABLE device ADD COLUMN capacity INTEGER; -- fingers its sensor can hold
ALTER TABLE device ADD COLUMN templates INTEGER; -- fingers it holds
ALTER TABLE device ADD COLUMN map_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN clock_ms INTEGER; -- how far its clock is ahead of ours; NULL: it has none

-- A queued scan is placed in the class that was held when it was made.
CREATE INDEX session_opened ON session (opened_ms) WHERE NOT voided;

-- +goose Down
DROP INDEX session_opened;
ALTER TABLE device DROP COLUMN clock_ms;
ALTER TABLE device DROP COLUMN map_version;
ALTER TABLE device DROP COLUMN templates;
ALTER TABLE device DROP COLUMN capacity;
ALTER TABLE device DROP COLUMN oldest_s;
ALTER TABLE device DROP COLUMN firmware;
ALTER TABLE device DROP COLUMN revoked_ms;
