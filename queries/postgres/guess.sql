-- name: BeginGuess :one
-- No row: the key has to wait. Whoever was away for long starts afresh.
INSERT INTO guess AS g (key, tries, seen_at, forget_at) VALUES (@key, 1, @at, @forget_at)
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN g.pause_until IS NOT NULL OR g.seen_at < @idle_since THEN 1 ELSE g.tries + 1 END,
    pauses = CASE WHEN g.seen_at < @calm_since THEN 0 ELSE g.pauses END,
    pause_until = NULL, seen_at = excluded.seen_at, forget_at = greatest(g.forget_at, excluded.forget_at)
WHERE g.pause_until IS NULL OR g.pause_until <= excluded.seen_at
RETURNING g.tries, g.pauses, g.right_at;

-- name: PauseGuess :exec
UPDATE guess SET pause_until = @pause_until, pauses = pauses + 1 WHERE key = @key;

-- name: GuessPause :one
SELECT pause_until FROM guess WHERE key = @key;

-- name: GuessedRight :one
SELECT right_at FROM guess WHERE key = @key FOR UPDATE;

-- name: RightGuess :exec
-- Gives a try back, and the pause that it may have begun.
UPDATE guess SET tries = greatest(tries - 1, 0), right_at = @at, forget_at = @forget_at,
    pauses = CASE WHEN pause_until IS NULL THEN pauses ELSE greatest(pauses - 1, 0) END, pause_until = NULL
WHERE key = @key;

-- name: ForgetGuesses :exec
DELETE FROM guess WHERE forget_at < @at;

-- name: Imported :one
SELECT (EXISTS (SELECT FROM student WHERE password_hash LIKE '$2%') OR EXISTS (SELECT FROM teacher WHERE pin_hash LIKE '$2%')
    OR EXISTS (SELECT FROM account WHERE password_hash LIKE '$2%'))::boolean;
