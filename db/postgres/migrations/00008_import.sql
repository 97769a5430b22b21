-- Files that the office takes in, line by line: what each would do, and did.

-- +goose Up
CREATE TABLE import (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('students', 'courses', 'enrolments')),
    file_name     text NOT NULL,
    state         text NOT NULL CHECK (state IN ('uploaded', 'applying', 'applied', 'undoing', 'undone')),
    shape         jsonb NOT NULL, -- how the file was read
    options       jsonb NOT NULL,
    created_by    uuid, -- an account
    created_at    timestamptz NOT NULL,
    worked_at     timestamptz NOT NULL, -- when somebody last did something about it
    applied_at    timestamptz,
    undone_at     timestamptz,
    -- Rows by what they would do, and by what became of those that change something.
    new_rows      integer NOT NULL CHECK (new_rows >= 0),
    changed_rows  integer NOT NULL CHECK (changed_rows >= 0),
    same_rows     integer NOT NULL CHECK (same_rows >= 0),
    error_rows    integer NOT NULL CHECK (error_rows >= 0),
    done_rows     integer NOT NULL DEFAULT 0 CHECK (done_rows >= 0),
    refused_rows  integer NOT NULL DEFAULT 0 CHECK (refused_rows >= 0),
    undone_rows   integer NOT NULL DEFAULT 0 CHECK (undone_rows >= 0),
    archived_rows integer NOT NULL DEFAULT 0 CHECK (archived_rows >= 0),
    kept_rows     integer NOT NULL DEFAULT 0 CHECK (kept_rows >= 0)
);
CREATE INDEX import_created ON import (created_at, id);
CREATE INDEX import_busy ON import (worked_at) WHERE state IN ('uploaded', 'applying', 'undoing');

-- Columns about the roster hold what it was, not what it is: nothing here refers to it.
CREATE TABLE import_row (
    import_id uuid NOT NULL REFERENCES import ON DELETE CASCADE,
    line      integer NOT NULL CHECK (line > 0),
    action    text NOT NULL CHECK (action IN ('new', 'changed', 'same', 'error')),
    progress  text NOT NULL CHECK (progress IN ('waiting', 'done', 'refused', 'undone', 'archived', 'kept')),
    keys      text[] NOT NULL, -- what no other line of the file may have
    entity_id uuid,
    row_values jsonb NOT NULL, -- by field, no password
    changes   jsonb NOT NULL,
    faults    jsonb NOT NULL,
    before    json, -- not jsonb: it is compared byte for byte
    digest    bytea, -- of what it wrote
    sealed    bytea, -- a password until it is hashed
    why       text NOT NULL DEFAULT '',
    done_at   timestamptz,
    PRIMARY KEY (import_id, line)
);
CREATE INDEX import_row_work ON import_row (import_id, progress, line) WHERE action IN ('new', 'changed');
CREATE INDEX import_row_action ON import_row (import_id, action, line);
CREATE INDEX import_row_entity ON import_row (entity_id, done_at) WHERE progress = 'done';

-- +goose Down
DROP TABLE import_row;
DROP TABLE import;
