-- The servers that write facts: this cloud and the pendrives; and the scanners.

-- +goose Up
CREATE TABLE node (
    id               uuid PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('cloud', 'edge')),
    name             text NOT NULL CHECK (name <> ''),
    all_courses      boolean NOT NULL DEFAULT false,
    scope_rev        bigint NOT NULL DEFAULT 0, -- roster revision at which its courses last changed
    claim_hash       bytea CHECK (octet_length(claim_hash) = 32), -- SHA-256; kept, so that a repeated claim is the same claim
    claim_expires_at timestamptz,
    claimed_at       timestamptz,
    key_hash         bytea CHECK (octet_length(key_hash) = 32), -- SHA-256 of 256 random bits
    version          text NOT NULL DEFAULT '', -- of its program, when it last said
    last_seen_at     timestamptz,
    revoked_at       timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((key_hash IS NULL) = (claimed_at IS NULL))
);
CREATE UNIQUE INDEX node_claim ON node (claim_hash);
CREATE UNIQUE INDEX node_cloud ON node (kind) WHERE kind = 'cloud';

-- Facts made here name this row.
INSERT INTO node (id, kind, name, all_courses) VALUES (gen_random_uuid(), 'cloud', 'cloud', true);

CREATE TABLE node_course (
    node_id   uuid NOT NULL REFERENCES node ON DELETE CASCADE,
    course_id uuid NOT NULL REFERENCES course ON DELETE CASCADE,
    PRIMARY KEY (node_id, course_id)
);
CREATE INDEX node_course_course ON node_course (course_id);

-- How far each log of a pendrive was received. A drive that was created anew,
-- restored or copied has a new incarnation.
CREATE TABLE stream (
    node_id     uuid NOT NULL REFERENCES node,
    incarnation uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq >= 0),
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32),
    started_at  timestamptz NOT NULL DEFAULT now(),
    advanced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (node_id, incarnation)
);

CREATE TABLE device (
    id        uuid PRIMARY KEY,
    name      text NOT NULL,
    mac       text NOT NULL DEFAULT '', -- '' until its first heartbeat
    address   text NOT NULL DEFAULT '',
    room      text NOT NULL DEFAULT '',
    course_id uuid REFERENCES course ON DELETE SET NULL,
    legacy    boolean NOT NULL DEFAULT false,
    told_id   uuid, -- the session it was last told of; may be gone
    settled   boolean NOT NULL DEFAULT false,
    served_id uuid, -- the session a finger here was last credited to
    seen_at   timestamptz,
    battery   integer,
    signal    integer,
    queue     integer,
    synced    integer
);
CREATE UNIQUE INDEX device_mac ON device (mac) WHERE mac <> '';

-- +goose Down
DROP TABLE device;
DROP TABLE stream;
DROP TABLE node_course;
DROP TABLE node;
