-- name: KeepAside :many
-- The ids that were not kept aside yet with these bytes and for this reason.
WITH given AS (
    SELECT unnest(@fact_ids::uuid[]) AS fact_id, unnest(@reasons::text[]) AS reason, unnest(@node_ids::uuid[]) AS node_id,
        unnest(@incarnations::uuid[]) AS incarnation, unnest(@seqs::bigint[]) AS seq,
        unnest(@session_ids::uuid[]) AS session_id, unnest(@student_ids::uuid[]) AS student_id, unnest(@device_ids::uuid[]) AS device_id,
        unnest(@ords::bigint[]) AS ord, unnest(@effective_ats::timestamptz[]) AS effective_at,
        unnest(@bodies::bytea[]) AS body, unnest(@digests::bytea[]) AS digest
)
INSERT INTO inbox (fact_id, reason, node_id, incarnation, seq, session_id, student_id, device_id, ord, effective_at, body, digest)
SELECT fact_id, reason, node_id, incarnation, seq, session_id, student_id, device_id, ord, effective_at, body, digest
FROM given ORDER BY fact_id, digest, reason
ON CONFLICT (fact_id, digest, reason) DO NOTHING
RETURNING fact_id, digest, reason;

-- name: Aside :many
SELECT * FROM inbox WHERE resolved_at IS NULL AND reason NOT IN ('clone_suspect', 'clock_ahead')
ORDER BY ord DESC, fact_id DESC LIMIT @most;

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
SELECT count(*)::int FROM inbox WHERE resolved_at IS NULL AND reason NOT IN ('walk_in', 'clone_suspect', 'clock_ahead');

-- name: Held :many
-- Those that still wait, and those that a person dealt with; and without a reason
-- those that are in the log, so that what is in neither need not be looked for again.
SELECT i.fact_id, i.digest, i.reason, (i.resolved_at IS NOT NULL)::boolean AS ruled FROM inbox i
WHERE i.fact_id = ANY(@fact_ids::uuid[]) AND i.resolution IS DISTINCT FROM 'placed'
UNION ALL
SELECT f.id, f.digest, '', false FROM fact f WHERE f.id = ANY(@fact_ids::uuid[])
ORDER BY fact_id, reason;

-- name: RenameAside :exec
-- Unless the same bytes wait for that reason already: then they wait for it once.
WITH other AS (
    SELECT id FROM inbox WHERE fact_id = @fact_id AND digest = @digest AND reason = @reason
), gone AS (
    DELETE FROM inbox i USING other WHERE i.fact_id = @fact_id AND i.digest = @digest AND i.reason = @was AND i.resolved_at IS NULL
)
UPDATE inbox i SET reason = @reason
WHERE i.fact_id = @fact_id AND i.digest = @digest AND i.reason = @was AND i.resolved_at IS NULL AND NOT EXISTS (SELECT FROM other);

-- name: InboxItem :one
SELECT * FROM inbox WHERE id = @id FOR UPDATE;

-- name: InboxAbout :many
SELECT * FROM inbox WHERE student_id = @student_id ORDER BY id FOR UPDATE;

-- name: InboxPage :many
-- Newest first, with the names of what each speaks of.
SELECT sqlc.embed(i), n.name AS node_name, s.course_id, coalesce(c.code, '')::text AS course_code, s.opened_at,
    coalesce(st.name, '')::text AS student_name, coalesce(a.username, '')::text AS by_name
FROM inbox i
    JOIN node n ON n.id = i.node_id
    LEFT JOIN session s ON s.id = i.session_id
    LEFT JOIN course c ON c.id = s.course_id
    LEFT JOIN student st ON st.id = i.student_id
    LEFT JOIN account a ON a.id = i.resolved_by_id
WHERE i.id < @below
  AND (sqlc.narg(reason)::text IS NULL OR i.reason = sqlc.narg(reason)::text)
  AND (sqlc.narg(node_id)::uuid IS NULL OR i.node_id = sqlc.narg(node_id)::uuid)
  AND (sqlc.narg(session_id)::uuid IS NULL OR i.session_id = sqlc.narg(session_id)::uuid)
  AND (@state::text = 'all' OR (i.resolved_at IS NULL) = (@state::text = 'open'))
ORDER BY i.id DESC LIMIT @most;

-- name: InboxCounts :many
SELECT reason, count(*)::int AS items FROM inbox WHERE resolved_at IS NULL GROUP BY reason ORDER BY reason;

-- name: RuleInbox :exec
UPDATE inbox SET resolved_at = sqlc.narg(at), resolution = sqlc.narg(resolution), resolved_by_id = sqlc.narg(resolved_by_id), ruling_id = NULL, note = ''
WHERE id = @id;

-- name: KeepRulings :exec
-- What these facts decided, or took back. A pendrive's own decide about what it sent itself.
WITH given AS (
    SELECT unnest(@fact_ids::uuid[]) AS id, unnest(@node_ids::uuid[]) AS node_id, unnest(@ofs::uuid[]) AS fact_id, unnest(@sums::text[]) AS sum,
        unnest(@resolutions::text[]) AS resolution, unnest(@bys::uuid[]) AS by_id, unnest(@notes::text[]) AS note, unnest(@backs::uuid[]) AS back_id
)
INSERT INTO ruling (id, fact_id, sum, resolution, by_id, note, back_id)
SELECT id, fact_id, sum, resolution, by_id, note, back_id
FROM given g
WHERE EXISTS (SELECT FROM inbox i WHERE i.fact_id = g.fact_id
    AND (i.node_id = g.node_id OR EXISTS (SELECT FROM node n WHERE n.id = g.node_id AND n.kind = 'cloud')))
ORDER BY id
ON CONFLICT (id) DO NOTHING;

-- name: RuledByFacts :exec
-- Of two that decide alike, the first stays the one that shows.
UPDATE inbox i SET resolved_at = now(), resolution = r.resolution, resolved_by_id = r.by_id, ruling_id = r.id, note = r.note
FROM ruling r
WHERE r.id = ANY(@fact_ids::uuid[]) AND r.back_id IS NULL AND NOT EXISTS (SELECT FROM ruling b WHERE b.back_id = r.id)
  AND i.fact_id = r.fact_id AND substr(encode(i.digest, 'hex'), 1, 16) = r.sum AND i.resolved_at IS NULL;

-- name: UnruledByFacts :exec
-- What was decided beside it shows now, if anything was.
UPDATE inbox i SET resolved_at = CASE WHEN r.id IS NOT NULL THEN now() END, resolution = r.resolution, resolved_by_id = r.by_id,
    ruling_id = r.id, note = coalesce(r.note, '')
FROM inbox was LEFT JOIN LATERAL (
    SELECT o.id, o.resolution, o.by_id, o.note FROM ruling o
    WHERE o.fact_id = was.fact_id AND o.sum = substr(encode(was.digest, 'hex'), 1, 16) AND o.back_id IS NULL
      AND NOT EXISTS (SELECT FROM ruling b WHERE b.back_id = o.id)
    ORDER BY o.id LIMIT 1) r ON true
WHERE was.fact_id = ANY(@ofs::uuid[]) AND was.ruling_id = ANY(@backs::uuid[]) AND i.id = was.id;
