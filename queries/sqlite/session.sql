-- name: Session :one
SELECT * FROM session
WHERE id = @id;

-- name: Sessions :many
SELECT * FROM session
WHERE course_id = @course_id
ORDER BY opened_ms, id;

-- name: Running :many
SELECT * FROM session
WHERE closed_ms IS NULL
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
    hlc = excluded.hlc, policy = excluded.policy;
