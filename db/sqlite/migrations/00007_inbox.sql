-- What was kept aside here is dealt with here or in the cloud: a fact says so, and another takes it back.

-- +goose Up
ALTER TABLE fact ADD COLUMN ruled INTEGER NOT NULL DEFAULT 0 CHECK (ruled IN (0, 1));

-- +goose Down
ALTER TABLE fact DROP COLUMN ruled;
