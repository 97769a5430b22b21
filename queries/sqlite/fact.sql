-- name: AppendFact :exec
INSERT INTO fact (seq, id, kind, session_id, student_id, gesture_id, device_id, ord, effective_ms, body, hash, why)
VALUES (@seq, @id, @kind, @session_id, @student_id, @gesture_id, @device_id, @ord, @effective_ms, @body, @hash, @why);

-- name: Fact :one
SELECT id, ord, effective_ms, body, why FROM fact
WHERE id = @id AND why <> 'hash_conflict';

-- name: Clashes :many
SELECT body FROM fact
WHERE id = @id AND why = 'hash_conflict'
ORDER BY seq;

-- name: FactsOf :many
SELECT id, ord, effective_ms, body, why FROM fact
WHERE session_id = @session_id AND why = ''
    AND (student_id = sqlc.narg(student_id) OR sqlc.narg(student_id) IS NULL)
    AND (gesture_id = sqlc.narg(gesture_id) OR sqlc.narg(gesture_id) IS NULL)
ORDER BY ord, id;

-- name: Line :one
SELECT id, ord, effective_ms, body, why FROM fact
WHERE seq = @seq;

-- name: CorrectFact :exec
UPDATE fact SET effective_ms = @effective_ms, ord = @ord
WHERE seq = @seq;

-- name: RefuseFact :exec
UPDATE fact SET why = @why, answer = @answer
WHERE seq = @seq;

-- name: PlaceFact :exec
UPDATE fact SET why = '', answer = '', effective_ms = @effective_ms, ord = @ord
WHERE id = @id AND why <> 'hash_conflict';

-- name: LastOrd :one
SELECT CAST(max(
    coalesce((SELECT max(f.ord) FROM fact AS f), 0),
    coalesce((SELECT max(l.ord) FROM learnt AS l), 0)
) AS INTEGER) AS ord;

-- name: Aside :many
SELECT id, ord, effective_ms, body, why, answer FROM fact
WHERE (why <> '' OR answer <> '') AND NOT ruled
ORDER BY ord DESC, id DESC;

-- Those that named the session, or that a scanner of it kept while it had not been told of any.
-- name: AsideOf :many
SELECT id, ord, effective_ms, body, why, answer FROM fact
WHERE (why <> '' OR answer <> '') AND NOT ruled AND (
    session_id = @session_id
    OR session_id IS NULL AND device_id IN (
        SELECT s.device_id FROM session AS s WHERE s.id = @session_id
        UNION ALL
        SELECT d.id FROM device AS d WHERE d.told_id = @session_id
    )
)
ORDER BY ord DESC, id DESC;

-- name: CountAside :one
SELECT count(*) FROM fact
WHERE (why <> '' OR answer <> '') AND why <> 'walk_in' AND NOT ruled;

-- name: BodiesOf :many
SELECT seq, body FROM fact
WHERE id = @id
ORDER BY seq;

-- name: KeepRuling :exec
INSERT INTO ruling (id, fact_id, sum, back_id)
VALUES (@id, @fact_id, @sum, @back_id)
ON CONFLICT (id) DO NOTHING;

-- Dealt with while a decision stands that nobody took back.
-- name: RuleFact :exec
UPDATE fact SET ruled = EXISTS (
    SELECT 1 FROM ruling AS r
    WHERE r.fact_id = fact.id AND r.sum = @sum AND r.back_id IS NULL AND NOT EXISTS (SELECT 1 FROM ruling AS b WHERE b.back_id = r.id)
)
WHERE seq = @seq;

-- The cloud placed the same scan as another server heard it.
-- name: CoverFact :exec
UPDATE fact SET ruled = TRUE
WHERE id = @id AND why <> 'hash_conflict';

-- Of the index alone.
-- name: FactIDs :many
SELECT id FROM fact
WHERE why <> 'hash_conflict'
ORDER BY id;

-- name: ClashIDs :many
SELECT id FROM fact
WHERE why = 'hash_conflict'
ORDER BY id;
