-- What the ledger notes besides changes: who comes in, and what leaves the school.
-- And a program that only reads the ledger, such as one that writes its head down.

-- +goose Up
-- Not when somebody was seen last: that is each request.
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF revoked_at ON login
    FOR EACH ROW EXECUTE FUNCTION audit_row('created_at', 'last_seen_at', 'expires_at');
-- That it was asked for, by whom and with which recipients; its fetching is an export.
CREATE TRIGGER audit AFTER INSERT ON report
    FOR EACH ROW EXECUTE FUNCTION audit_row('state', 'progress', 'trouble', 'name', 'size', 'try', 'asked_at', 'done_at');

ALTER TABLE token DROP CONSTRAINT token_scopes_check;
ALTER TABLE token ADD CONSTRAINT token_scopes_check CHECK (scopes <> '{}'
    AND scopes <@ ARRAY['read', 'write', 'admin', 'roster:read', 'attendance:read', 'audit:read']);

-- +goose Down
ALTER TABLE token DROP CONSTRAINT token_scopes_check;
DELETE FROM token WHERE NOT scopes <@ ARRAY['read', 'write', 'admin', 'roster:read', 'attendance:read'];
ALTER TABLE token ADD CONSTRAINT token_scopes_check CHECK (scopes <> '{}'
    AND scopes <@ ARRAY['read', 'write', 'admin', 'roster:read', 'attendance:read']);
DROP TRIGGER audit ON report;
DROP TRIGGER audit ON login;
