-- name: AppendFacts :many
-- The ids that were not here yet. What waited in the inbox with the same bytes
-- has found its place, and so has a scan that another server heard as well. Facts come by id, so that two who bring the same ones never
-- wait for each other in a circle.
WITH given AS (
    SELECT unnest(@ids::uuid[]) AS id, unnest(@kinds::text[]) AS kind, unnest(@session_ids::uuid[]) AS session_id,
        unnest(@student_ids::uuid[]) AS student_id, unnest(@node_ids::uuid[]) AS node_id,
        unnest(@incarnations::uuid[]) AS incarnation, unnest(@seqs::bigint[]) AS seq,
        unnest(@gesture_ids::uuid[]) AS gesture_id, unnest(@device_ids::uuid[]) AS device_id,
        unnest(@device_epochs::bigint[]) AS device_epoch, unnest(@device_seqs::bigint[]) AS device_seq,
        unnest(@classes::smallint[]) AS class, unnest(@ords::bigint[]) AS ord,
        unnest(@effective_ats::timestamptz[]) AS effective_at, unnest(@bodies::bytea[]) AS body,
        unnest(@digests::bytea[]) AS digest, unnest(@clockings::text[]) AS clocking
), kept AS (
    INSERT INTO fact (id, kind, session_id, student_id, node_id, incarnation, seq, gesture_id, device_id, device_epoch,
        device_seq, class, ord, effective_at, body, digest, clocking)
    SELECT id, kind, session_id, student_id, node_id, incarnation, seq, gesture_id, device_id, device_epoch,
        device_seq, class, ord, effective_at, body, digest, clocking
    FROM given
    ON CONFLICT DO NOTHING
    RETURNING fact.id, fact.digest, fact.device_seq
), placed AS (
    UPDATE inbox SET resolved_at = now(), resolution = 'placed'
    FROM kept WHERE inbox.fact_id = kept.id AND inbox.resolved_at IS NULL
      AND (inbox.digest = kept.digest OR kept.device_seq > 0 AND inbox.reason NOT IN ('poison', 'hash_conflict'))
)
SELECT kept.id FROM kept ORDER BY kept.id;

-- name: AddFacts :exec
-- What is neither in the log nor in the inbox; see Held.
INSERT INTO fact (id, kind, session_id, student_id, node_id, incarnation, seq, gesture_id, device_id, device_epoch,
    device_seq, class, ord, effective_at, body, digest, clocking)
SELECT unnest(@ids::uuid[]) AS id, unnest(@kinds::text[]) AS kind, unnest(@session_ids::uuid[]) AS session_id,
    unnest(@student_ids::uuid[]) AS student_id, unnest(@node_ids::uuid[]) AS node_id,
    unnest(@incarnations::uuid[]) AS incarnation, unnest(@seqs::bigint[]) AS seq,
    unnest(@gesture_ids::uuid[]) AS gesture_id, unnest(@device_ids::uuid[]) AS device_id,
    unnest(@device_epochs::bigint[]) AS device_epoch, unnest(@device_seqs::bigint[]) AS device_seq,
    unnest(@classes::smallint[]) AS class, unnest(@ords::bigint[]) AS ord,
    unnest(@effective_ats::timestamptz[]) AS effective_at, unnest(@bodies::bytea[]) AS body,
    unnest(@digests::bytea[]) AS digest, unnest(@clockings::text[]) AS clocking;

-- name: Digests :many
SELECT id, digest FROM fact WHERE id = ANY(@ids::uuid[]) ORDER BY id;

-- name: Readings :many
-- The bodies of these ids, and for which reason those are kept that are not in the log.
SELECT f.id, f.body, ''::text AS reason FROM fact f WHERE f.id = ANY(@ids::uuid[])
UNION ALL
SELECT i.fact_id, i.body, i.reason FROM inbox i WHERE i.fact_id = ANY(@ids::uuid[])
ORDER BY id, reason;

-- name: Known :many
SELECT id FROM fact WHERE id = ANY(@ids::uuid[])
UNION
SELECT fact_id FROM inbox WHERE fact_id = ANY(@ids::uuid[])
ORDER BY id;

-- name: FactsOf :many
SELECT id, node_id, incarnation, seq, ord, effective_at, body FROM fact
WHERE session_id = @session_id::uuid
  AND (@student_id::uuid IS NULL OR student_id = @student_id::uuid)
  AND (@gesture_id::uuid IS NULL OR gesture_id = @gesture_id::uuid)
ORDER BY ord, id;

-- name: LastOrd :one
-- Placed or not.
SELECT greatest(0, (SELECT f.ord FROM fact f ORDER BY f.ord DESC LIMIT 1), (SELECT max(i.ord) FROM inbox i))::bigint;

-- name: FactByID :one
SELECT id, incarnation, seq, ord, effective_at, body FROM fact WHERE id = @id;
