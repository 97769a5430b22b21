-- name: KeepAside :many
-- The ids that were not kept aside yet with these bytes and for this reason.
WITH given AS (
    SELECT unnest(@fact_ids::uuid[]) AS fact_id, unnest(@reasons::text[]) AS reason, unnest(@node_ids::uuid[]) AS node_id,
        unnest(@incarnations::uuid[]) AS incarnation, unnest(@seqs::bigint[]) AS seq,
        unnest(@session_ids::uuid[]) AS session_id, unnest(@device_ids::uuid[]) AS device_id,
        unnest(@ords::bigint[]) AS ord, unnest(@effective_ats::timestamptz[]) AS effective_at,
        unnest(@bodies::bytea[]) AS body, unnest(@digests::bytea[]) AS digest
)
INSERT INTO inbox (fact_id, reason, node_id, incarnation, seq, session_id, device_id, ord, effective_at, body, digest)
SELECT fact_id, reason, node_id, incarnation, seq, session_id, device_id, ord, effective_at, body, digest
FROM given ORDER BY fact_id, digest, reason
ON CONFLICT (fact_id, digest, reason) DO NOTHING
RETURNING fact_id, digest, reason;

-- name: Aside :many
SELECT * FROM inbox WHERE resolved_at IS NULL ORDER BY ord DESC, fact_id DESC LIMIT @most;

-- name: AsideOf :many
-- Those that named the session, or that its scanner made while none was told.
SELECT i.* FROM inbox i
WHERE i.resolved_at IS NULL
  AND (i.session_id = @session_id::uuid
    OR (i.session_id IS NULL AND i.device_id IN (
        SELECT d.id FROM device d WHERE d.told_id = @session_id::uuid
        UNION SELECT s.device_id FROM session s WHERE s.id = @session_id::uuid)))
ORDER BY i.ord DESC, i.fact_id DESC;

-- name: Waiting :many
SELECT * FROM inbox WHERE session_id = @session_id AND reason = 'unknown_session' AND resolved_at IS NULL
ORDER BY ord, fact_id FOR UPDATE;

-- name: PlaceInbox :exec
UPDATE inbox SET resolved_at = now(), resolution = 'placed'
WHERE fact_id = ANY(@fact_ids::uuid[]) AND reason = 'unknown_session' AND resolved_at IS NULL;

-- name: CountAside :one
SELECT count(*)::int FROM inbox WHERE resolved_at IS NULL;
