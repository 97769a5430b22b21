-- What was done to keep a register that its drive did not keep.

-- +goose Up

-- Each time that something was lost and taken back: what the office asks about a drive.
CREATE TABLE recovery (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms        INTEGER NOT NULL,
    why          TEXT    NOT NULL,            -- what was wrong
    source       TEXT    NOT NULL CHECK (source IN ('register', 'backup', 'journal')), -- what the register was made from
    aside        TEXT    NOT NULL DEFAULT '', -- folder of the damaged files; empty: they were sound
    kept         INTEGER NOT NULL DEFAULT 0,  -- lines of the log that the source had
    from_journal INTEGER NOT NULL DEFAULT 0,  -- lines that the journal gave back
    from_cloud   INTEGER NOT NULL DEFAULT 0   -- facts of this drive that the cloud gave back since
) STRICT;

-- Lines through this one were confirmed long ago and have left the drive; what shows of them stays.
ALTER TABLE identity ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
-- Some of its facts have left: a fold made anew begins with what shows.
ALTER TABLE session ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1));

-- Never holds a row: rows that come and go make free pages for the marks to come.
CREATE TABLE room (
    filler BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE room;
ALTER TABLE session DROP COLUMN pruned;
ALTER TABLE identity DROP COLUMN pruned_seq;
DROP TABLE recovery;
