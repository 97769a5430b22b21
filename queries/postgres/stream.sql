-- name: LockNode :one
SELECT id FROM node WHERE id = @id ORDER BY id FOR NO KEY UPDATE;

-- name: Stream :one
SELECT seq, hash FROM stream WHERE node_id = @node_id AND incarnation = @incarnation;

-- name: AdvanceStream :exec
INSERT INTO stream (node_id, incarnation, seq, hash) VALUES (@node_id, @incarnation, @seq, @hash)
ON CONFLICT (node_id, incarnation) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, advanced_at = now();
