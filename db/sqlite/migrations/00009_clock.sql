-- What was known of the time while the computers of this drive showed another.

-- +goose Up
CREATE TABLE clock (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    segment_id BLOB    NOT NULL UNIQUE CHECK (length(segment_id) = 16), -- of the clock; each start of the program has one
    source     TEXT    NOT NULL CHECK (source IN ('', 'cloud', 'teacher', 'drive')), -- who said; empty: nobody yet
    offset_ms  INTEGER NOT NULL, -- the truth, less what its wall clock shows
    at_ms      INTEGER NOT NULL, -- the truth, when it was said
    wall_ms    INTEGER NOT NULL, -- what the computer showed then
    up_ms      INTEGER NOT NULL  -- and for how long it had run
) STRICT;

-- +goose Down
DROP TABLE clock;
