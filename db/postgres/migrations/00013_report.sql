-- Reports that are too large to wait for, and their files.

-- +goose Up
-- What a day's reports look for, over all courses.
CREATE INDEX session_opened ON session (opened_at) WHERE NOT voided;

CREATE TABLE report (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    asked      jsonb NOT NULL, -- kind, format and filters
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    progress   smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    trouble    text NOT NULL DEFAULT '', -- why it failed, in words
    name       text NOT NULL DEFAULT '', -- of the file
    size       bigint NOT NULL DEFAULT 0,
    try        integer NOT NULL DEFAULT 0, -- a worker that was overtaken must not write
    asked_at   timestamptz NOT NULL,
    done_at    timestamptz
);
CREATE INDEX report_account ON report (account_id, asked_at DESC, id);
CREATE INDEX report_asked ON report (asked_at);

-- A file in pieces, so that neither who writes nor who reads holds it in memory.
CREATE TABLE report_part (
    report_id uuid NOT NULL REFERENCES report ON DELETE CASCADE,
    part      integer NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (report_id, part)
);
ALTER TABLE report_part ALTER COLUMN body SET STORAGE EXTERNAL; -- it is compressed already

-- +goose Down
DROP TABLE report_part;
DROP TABLE report;
DROP INDEX session_opened;
