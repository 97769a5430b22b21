-- Reports that are made by themselves, and mailed.

-- +goose Up
CREATE TABLE report_schedule (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    asked      jsonb NOT NULL, -- kind, format and filters; days come from when it is due
    every      text NOT NULL CHECK (every IN ('day', 'week', 'month')),
    weekday    smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    hour       smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    recipients text[] NOT NULL CHECK (cardinality(recipients) > 0),
    next_at    timestamptz NOT NULL,
    last_at    timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX report_schedule_next ON report_schedule (next_at);
CREATE INDEX report_schedule_account ON report_schedule (account_id);

ALTER TABLE report ADD COLUMN recipients text[] NOT NULL DEFAULT '{}'; -- who gets it by mail

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON report_schedule FOR EACH ROW EXECUTE FUNCTION audit_row('next_at', 'last_at');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON token FOR EACH ROW EXECUTE FUNCTION audit_row('last_used_at');

-- +goose Down
DROP TRIGGER audit ON token;
ALTER TABLE report DROP COLUMN recipients;
DROP TABLE report_schedule;
