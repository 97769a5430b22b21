-- Scanners of our own: the office registers them, a code pairs them, a key proves
-- them. Also who must choose a password, what else the ledger notes, and finer scopes.

-- +goose Up
ALTER TABLE device
    ADD COLUMN revoked_at  timestamptz,
    ADD COLUMN firmware    text NOT NULL DEFAULT '',
    ADD COLUMN oldest_s    integer, -- age of the oldest mark it still holds
    ADD COLUMN capacity    integer, -- fingers its sensor can hold
    ADD COLUMN templates   integer, -- fingers it holds
    ADD COLUMN map_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN clock_ms    bigint; -- how far its clock is ahead of ours; NULL: it has none

-- What proves a scanner. An HMAC is checked with the key itself, so a hash of it will
-- not do: it is sealed under the server's secret, without which this is worthless.
CREATE TABLE device_key (
    device_id   uuid PRIMARY KEY REFERENCES device,
    sealed      bytea NOT NULL,
    next_sealed bytea, -- while the scanner has not answered with it yet
    salt        bytea CHECK (octet_length(salt) = 32), -- from which it makes that one
    paired_at   timestamptz NOT NULL,
    rotated_at  timestamptz,
    floor       bigint NOT NULL DEFAULT 0 CHECK (floor >= 0), -- the last nonce it used
    CHECK ((next_sealed IS NULL) = (salt IS NULL))
);

-- A code that waits for its scanner; one that was used waits for its repetition.
CREATE TABLE pairing (
    device_id  uuid PRIMARY KEY REFERENCES device,
    selector   text NOT NULL UNIQUE, -- the first characters, so that wrong ones count against it
    code_hash  text NOT NULL, -- argon2id
    expires_at timestamptz NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    attempt_id uuid -- of the scanner that used it
);

-- Only what somebody decides: a scanner speaks each second.
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF name, room, course_id, legacy, revoked_at ON device
    FOR EACH ROW EXECUTE FUNCTION audit_row('address', 'told_id', 'settled', 'served_id', 'seen_at', 'battery', 'signal', 'queue', 'synced',
                                            'firmware', 'oldest_s', 'capacity', 'templates', 'map_version', 'clock_ms');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF sealed, next_sealed ON device_key
    FOR EACH ROW EXECUTE FUNCTION audit_row('salt', 'floor');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF code_hash ON pairing FOR EACH ROW EXECUTE FUNCTION audit_row('selector', 'tries', 'attempt_id');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF state ON import
    FOR EACH ROW EXECUTE FUNCTION audit_row('shape', 'created_at', 'worked_at', 'applied_at', 'undone_at');

ALTER TABLE student ADD COLUMN must_change boolean NOT NULL DEFAULT false; -- the password was made by somebody else

ALTER TABLE token DROP CONSTRAINT token_scopes_check;
ALTER TABLE token ADD CONSTRAINT token_scopes_check CHECK (scopes <> '{}'
    AND scopes <@ ARRAY['read', 'write', 'admin', 'roster:read', 'attendance:read']);

-- +goose Down
ALTER TABLE token DROP CONSTRAINT token_scopes_check;
DELETE FROM token WHERE NOT scopes <@ ARRAY['read', 'write', 'admin'];
ALTER TABLE token ADD CONSTRAINT token_scopes_check CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'write', 'admin']);
ALTER TABLE student DROP COLUMN must_change;
DROP TRIGGER audit ON import;
DROP TABLE pairing;
DROP TABLE device_key;
DROP TRIGGER audit ON device;
ALTER TABLE device
    DROP COLUMN clock_ms, DROP COLUMN map_version, DROP COLUMN templates, DROP COLUMN capacity, DROP COLUMN oldest_s,
    DROP COLUMN firmware, DROP COLUMN revoked_at;
