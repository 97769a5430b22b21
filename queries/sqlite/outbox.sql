-- name: LastLine :one
SELECT seq, hash FROM fact
ORDER BY seq DESC
LIMIT 1;

-- name: FirstLine :one
SELECT CAST(coalesce(min(seq), 0) AS INTEGER) AS seq FROM fact;

-- name: LinesAfter :many
SELECT seq, id, body FROM fact
WHERE seq > @seq
ORDER BY seq
LIMIT @n;

-- name: HashAt :one
SELECT hash FROM fact
WHERE seq = @seq;

-- name: RestampLine :exec
UPDATE fact SET hash = @hash
WHERE seq = @seq;

-- name: WholeLinesAfter :many
SELECT seq, id, why, hash, body FROM fact
WHERE seq > @seq
ORDER BY seq
LIMIT @n;

-- Of any version of the schema.
-- name: LogStart :one
SELECT base_seq, acked_seq FROM identity
WHERE one = 1;

-- name: OldestLines :many
SELECT seq, session_id, effective_ms FROM fact
WHERE seq <= @acked_seq
ORDER BY seq
LIMIT @n;

-- name: DropLines :exec
DELETE FROM fact WHERE seq <= @through;
