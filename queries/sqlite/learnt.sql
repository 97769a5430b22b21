-- name: LearnFact :exec
INSERT INTO learnt (id, kind, session_id, student_id, gesture_id, ord, effective_ms, body, why)
VALUES (@id, @kind, @session_id, @student_id, @gesture_id, @ord, @effective_ms, @body, @why)
ON CONFLICT (id) DO NOTHING;

-- name: Learnt :one
SELECT id, ord, effective_ms, body, why FROM learnt
WHERE id = @id;

-- name: LearntOf :many
SELECT id, ord, effective_ms, body, why FROM learnt
WHERE session_id = @session_id AND why = ''
    AND (student_id = sqlc.narg(student_id) OR sqlc.narg(student_id) IS NULL)
    AND (gesture_id = sqlc.narg(gesture_id) OR sqlc.narg(gesture_id) IS NULL)
ORDER BY ord, id;

-- name: PlaceLearnt :exec
UPDATE learnt SET why = '', effective_ms = @effective_ms, ord = @ord
WHERE id = @id;

-- The cloud's own body of an id whose body here it refused.
-- name: PreferLearnt :exec
UPDATE learnt SET why = ''
WHERE id = @id AND why = 'hash_conflict';

-- name: LearntWaiting :many
SELECT id, ord, effective_ms, body, why FROM learnt
WHERE session_id = @session_id AND why = 'unknown_session'
ORDER BY ord, id;

-- Of an index alone.
-- name: LearntIDs :many
SELECT id FROM learnt
ORDER BY session_id, student_id, id;

-- The cloud has them.
-- name: DropLearnt :exec
DELETE FROM learnt WHERE session_id = @session_id AND effective_ms < @before_ms AND why = '';
