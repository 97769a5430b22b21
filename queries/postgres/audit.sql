-- name: NoteAudit :exec
-- Sealed when the transaction commits. An actor that is NULL is whoever's
-- transaction it is.
INSERT INTO audit_due (kind, actor, subjects, body) VALUES (@kind, sqlc.narg(actor), @subjects, @body);

-- name: AuditLines :many
-- The ledger from its start, for those who check it.
SELECT seq, line, prev_hash, hash FROM audit WHERE seq > @after ORDER BY seq LIMIT @most;

-- name: AuditHead :one
SELECT seq, hash FROM audit_head;

-- name: Audit :many
-- Newest first, below a place.
SELECT seq, line, hash FROM audit
WHERE seq < @below
  AND (sqlc.narg(actor_id)::uuid IS NULL OR actor_id = sqlc.narg(actor_id)::uuid)
  AND (sqlc.narg(kind)::text IS NULL OR kind = sqlc.narg(kind)::text)
  AND at_ms >= @from_ms AND at_ms < @to_ms
ORDER BY seq DESC LIMIT @most;

-- name: AuditOf :many
-- The same of one subject: of all that is ever said of it, which is little.
WITH said AS MATERIALIZED (
    SELECT seq, line, hash, kind, actor_id, at_ms FROM audit WHERE subjects @> to_jsonb(@subject::text)
)
SELECT seq, line, hash FROM said
WHERE seq < @below
  AND (sqlc.narg(actor_id)::uuid IS NULL OR actor_id = sqlc.narg(actor_id)::uuid)
  AND (sqlc.narg(kind)::text IS NULL OR kind = sqlc.narg(kind)::text)
  AND at_ms >= @from_ms AND at_ms < @to_ms
ORDER BY seq DESC LIMIT @most;

-- name: AuditStart :one
-- The last row that was archived.
SELECT seq, hash, file FROM audit_start;

-- name: AuditBefore :many
-- The last row before the first of a time, if there is one.
SELECT a.seq, a.hash FROM audit a
WHERE a.seq < coalesce((SELECT b.seq FROM audit b WHERE b.at_ms >= @before_ms ORDER BY b.at_ms, b.seq LIMIT 1), 9223372036854775807)
ORDER BY a.seq DESC LIMIT 1;

-- name: BeginAudit :exec
UPDATE audit_start SET seq = @seq, hash = @hash, file = @file;

-- name: DropAudit :execrows
-- What lies before the ledger's beginning; anything else the table refuses.
DELETE FROM audit WHERE seq <= @seq;
