-- name: Session :one
SELECT * FROM session
WHERE id = @id;

-- name: Sessions :many
SELECT * FROM session
WHERE course_id = @course_id AND NOT voided
ORDER BY opened_ms, id;

-- name: Voided :many
SELECT * FROM session
WHERE course_id = @course_id AND voided
ORDER BY opened_ms, id;

-- name: Running :many
SELECT * FROM session
WHERE closed_ms IS NULL AND NOT voided
ORDER BY opened_ms, id;

-- name: HeldAt :many
SELECT * FROM session
WHERE NOT voided AND opened_ms <= @at_ms AND opened_ms > @at_ms - 86400000 AND coalesce(closed_ms, closes_ms) > @at_ms
ORDER BY opened_ms, id;

-- One way only: the end moves out, the closing moves in.
-- name: PutSession :exec
INSERT INTO session (
    id, course_id, node_id, teacher_id, device_id, kind, topic, room,
    opened_ms, closes_ms, closed_ms, wall_ms, segment_id, mono_ms, hlc, policy
) VALUES (
    @id, @course_id, @node_id, @teacher_id, @device_id, @kind, @topic, @room,
    @opened_ms, @closes_ms, @closed_ms, @wall_ms, @segment_id, @mono_ms, @hlc, @policy
)
ON CONFLICT (id) DO UPDATE SET
    closes_ms = max(session.closes_ms, excluded.closes_ms),
    closed_ms = min(coalesce(session.closed_ms, excluded.closed_ms), coalesce(excluded.closed_ms, session.closed_ms));

-- Whoever speaks last, whatever comes last.
-- name: PutVoid :exec
UPDATE session SET
    voided = @voided, void_ord = @void_ord, void_fact_id = @void_fact_id, void_by_id = @void_by_id,
    void_ms = @void_ms, void_reason = @void_reason
WHERE id = @id
    AND (void_ord < @void_ord OR void_ord = @void_ord AND coalesce(void_fact_id, zeroblob(16)) < @void_fact_id);

-- name: RewriteSession :exec
INSERT INTO session (
    id, course_id, node_id, teacher_id, device_id, kind, topic, room,
    opened_ms, closes_ms, closed_ms, wall_ms, segment_id, mono_ms, hlc, policy
) VALUES (
    @id, @course_id, @node_id, @teacher_id, @device_id, @kind, @topic, @room,
    @opened_ms, @closes_ms, @closed_ms, @wall_ms, @segment_id, @mono_ms, @hlc, @policy
)
ON CONFLICT (id) DO UPDATE SET
    course_id = excluded.course_id, node_id = excluded.node_id, teacher_id = excluded.teacher_id,
    device_id = excluded.device_id, kind = excluded.kind, topic = excluded.topic, room = excluded.room,
    opened_ms = excluded.opened_ms, closes_ms = excluded.closes_ms, closed_ms = excluded.closed_ms,
    wall_ms = excluded.wall_ms, segment_id = excluded.segment_id, mono_ms = excluded.mono_ms,
    hlc = excluded.hlc, policy = excluded.policy,
    voided = 0, void_ord = 0, void_fact_id = NULL, void_by_id = NULL, void_ms = 0, void_reason = '';

-- name: MarkPruned :exec
UPDATE session SET pruned = 1
WHERE id = @id;
