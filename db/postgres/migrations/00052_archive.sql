-- Where the ledger begins: what lies before was archived into a file, by a command.

-- +goose Up
CREATE TABLE audit_start (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq  bigint NOT NULL DEFAULT 0, -- the last row that was archived
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(hash) = 32),
    file text NOT NULL DEFAULT ''
);
INSERT INTO audit_start DEFAULT VALUES;

-- +goose StatementBegin
-- Only forwards, only to a row that is there; and the ledger says so itself.
CREATE FUNCTION audit_archived() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.seq > OLD.seq AND EXISTS (SELECT FROM audit WHERE seq = NEW.seq AND hash = NEW.hash) THEN
            INSERT INTO audit_due (kind, subjects, body) VALUES ('audit.archived', '[]', jsonb_build_object('after',
                jsonb_build_object('through', NEW.seq, 'hash', encode(NEW.hash, 'hex'), 'file', NEW.file)));
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit ledger begins with a row of its own, and never earlier than it did';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_archived BEFORE UPDATE OR DELETE ON audit_start FOR EACH ROW EXECUTE FUNCTION audit_archived();

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.seq <= (SELECT seq FROM audit_start) THEN
            RETURN OLD; -- it was archived
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit ledger only grows';
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit ledger only grows';
END
$$;
-- +goose StatementEnd
ALTER FUNCTION audit_only_grows() RESET ALL;
DROP TABLE audit_start;
DROP FUNCTION audit_archived();
