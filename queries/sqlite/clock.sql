-- name: KeepAnchor :exec
INSERT INTO clock (segment_id, source, offset_ms, at_ms, wall_ms, up_ms)
VALUES (@segment_id, @source, @offset_ms, @at_ms, @wall_ms, @up_ms)
ON CONFLICT (segment_id) DO UPDATE SET source = excluded.source, offset_ms = excluded.offset_ms,
    at_ms = excluded.at_ms, wall_ms = excluded.wall_ms, up_ms = excluded.up_ms;

-- name: Anchors :many
SELECT segment_id, source, offset_ms, at_ms, wall_ms, up_ms FROM clock
ORDER BY seq;

-- A drive is started a few times a day.
-- name: DropAnchors :exec
DELETE FROM clock WHERE seq <= (SELECT max(c.seq) FROM clock AS c) - 400;
