-- name: NoteRecovery :exec
INSERT INTO recovery (at_ms, why, source, aside, kept, from_journal)
VALUES (@at_ms, @why, @source, @aside, @kept, @from_journal);

-- name: LastRecovery :one
SELECT * FROM recovery
ORDER BY seq DESC
LIMIT 1;

-- name: CountFromCloud :exec
UPDATE recovery SET from_cloud = recovery.from_cloud + @n
WHERE seq = (SELECT max(r.seq) FROM recovery AS r);

-- name: FillRoom :exec
INSERT INTO room (filler) VALUES (zeroblob(@bytes));

-- name: ClearRoom :exec
DELETE FROM room;
