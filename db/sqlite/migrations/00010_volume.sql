-- What this folder lay on when it was used last: another medium has a copy.

-- +goose Up
ALTER TABLE identity ADD COLUMN volume TEXT NOT NULL DEFAULT ''; -- empty: no system has said yet

-- +goose Down
ALTER TABLE identity DROP COLUMN volume;
