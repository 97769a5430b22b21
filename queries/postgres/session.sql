-- name: Session :one
SELECT * FROM session WHERE id = @id;

-- name: LockSessions :many
-- Always in one order, so that two writers of the same sessions never wait for
-- each other in a circle.
SELECT * FROM session WHERE id = ANY(@ids::uuid[]) ORDER BY id FOR NO KEY UPDATE;

-- name: Sessions :many
SELECT * FROM session WHERE course_id = @course_id AND NOT voided ORDER BY opened_at, id;

-- name: Voided :many
SELECT * FROM session WHERE course_id = @course_id AND voided ORDER BY opened_at, id;

-- name: Running :many
SELECT * FROM session WHERE closed_at IS NULL AND NOT voided ORDER BY opened_at, id;

-- name: HeldAt :many
-- None lasts a day, so that the index on when they were opened finds them.
SELECT * FROM session
WHERE NOT voided AND opened_at > @since AND opened_at <= @moment AND coalesce(closed_at, closes_at) > @moment
ORDER BY opened_at, id;

-- name: AddSessions :many
-- Those that were not here. In key order; the zero time stands for none: an array of
-- times has no NULL.
WITH given AS (
    SELECT unnest(@ids::uuid[]) AS id, unnest(@course_ids::uuid[]) AS course_id, unnest(@node_ids::uuid[]) AS node_id,
        unnest(@teacher_ids::uuid[]) AS teacher_id, unnest(@kinds::text[]) AS kind, unnest(@topics::text[]) AS topic,
        unnest(@rooms::text[]) AS room, unnest(@device_ids::uuid[]) AS device_id, unnest(@opened_ats::timestamptz[]) AS opened_at,
        unnest(@closes_ats::timestamptz[]) AS closes_at, unnest(@closed_ats::timestamptz[]) AS closed_at,
        unnest(@openeds::text[]) AS opened, unnest(@policies::text[]) AS policy
)
INSERT INTO session (id, course_id, node_id, teacher_id, kind, topic, room, device_id, opened_at, closes_at, closed_at, opened, policy)
SELECT id, course_id, node_id, teacher_id, kind, topic, room, device_id, opened_at, closes_at,
    nullif(closed_at, '0001-01-01 00:00:00+00'::timestamptz), opened::jsonb, policy::jsonb
FROM given ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: PutSessions :exec
-- Moves one way only; least() passes over NULL.
WITH given AS (
    SELECT unnest(@ids::uuid[]) AS id, unnest(@course_ids::uuid[]) AS course_id, unnest(@node_ids::uuid[]) AS node_id,
        unnest(@teacher_ids::uuid[]) AS teacher_id, unnest(@kinds::text[]) AS kind, unnest(@topics::text[]) AS topic,
        unnest(@rooms::text[]) AS room, unnest(@device_ids::uuid[]) AS device_id, unnest(@opened_ats::timestamptz[]) AS opened_at,
        unnest(@closes_ats::timestamptz[]) AS closes_at, unnest(@closed_ats::timestamptz[]) AS closed_at,
        unnest(@openeds::text[]) AS opened, unnest(@policies::text[]) AS policy
)
INSERT INTO session (id, course_id, node_id, teacher_id, kind, topic, room, device_id, opened_at, closes_at, closed_at, opened, policy)
SELECT id, course_id, node_id, teacher_id, kind, topic, room, device_id, opened_at, closes_at,
    nullif(closed_at, '0001-01-01 00:00:00+00'::timestamptz), opened::jsonb, policy::jsonb
FROM given ORDER BY id
ON CONFLICT (id) DO UPDATE SET closes_at = greatest(session.closes_at, excluded.closes_at),
    closed_at = least(session.closed_at, excluded.closed_at);

-- name: PutVoid :exec
-- Whoever speaks last, whatever comes last.
UPDATE session SET voided = @voided, void_ord = @void_ord, void_fact_id = @void_fact_id, void_by_id = @void_by_id,
    void_at = @void_at, void_reason = @void_reason
WHERE id = @id AND (void_ord, coalesce(void_fact_id, '00000000-0000-0000-0000-000000000000')) < (@void_ord::bigint, @void_fact_id::uuid);

-- name: RewriteSession :execrows
UPDATE session SET course_id = @course_id, node_id = @node_id, teacher_id = @teacher_id, kind = @kind, topic = @topic,
    room = @room, device_id = @device_id, opened_at = @opened_at, closes_at = @closes_at, closed_at = @closed_at,
    opened = @opened, policy = @policy, voided = false, void_ord = 0, void_fact_id = NULL, void_by_id = NULL, void_at = NULL, void_reason = ''
WHERE id = @id;
