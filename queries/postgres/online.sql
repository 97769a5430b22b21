-- name: PutLink :exec
-- Another secret makes another link; the same one changes nothing.
INSERT INTO online_session (session_id, token_hash) VALUES (@session_id, @token_hash)
ON CONFLICT (session_id) DO UPDATE SET token_hash = excluded.token_hash
WHERE online_session.token_hash <> excluded.token_hash;

-- name: Linked :one
SELECT session_id FROM online_session WHERE token_hash = @token_hash;

-- name: ExpectedStudent :many
SELECT e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no
FROM enrolment e JOIN student s ON s.id = e.student_id
WHERE e.course_id = @course_id AND e.student_id = @student_id
ORDER BY e.from_at, e.id;

-- name: ExpectedRoll :many
SELECT e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no
FROM enrolment e JOIN student s ON s.id = e.student_id
WHERE e.course_id = @course_id AND upper(s.university_roll) = upper(@university_roll::text) AND s.university_roll <> ''
ORDER BY e.from_at, e.id;

-- name: AwaitTry :exec
SELECT pg_advisory_xact_lock(hashtextextended('arise online try ' || current_schema() || ' ' || @session_id::uuid || encode(@key::bytea, 'hex'), 0));

-- name: Tries :many
SELECT key, failures, until FROM online_try WHERE session_id = @session_id AND key = ANY(@keys::bytea[]) ORDER BY key;

-- name: CountTry :one
INSERT INTO online_try (session_id, key, failures, at) VALUES (@session_id, @key, 1, @at)
ON CONFLICT (session_id, key) DO UPDATE SET failures = online_try.failures + 1, at = excluded.at
RETURNING failures;

-- name: PauseTry :exec
UPDATE online_try SET until = @until WHERE session_id = @session_id AND key = @key;

-- name: PutAnswer :execrows
INSERT INTO online_answer (session_id, student_id, step, at, browser_hash, address_hash)
VALUES (@session_id, @student_id, @step, @at, @browser_hash, @address_hash)
ON CONFLICT (session_id, student_id) DO NOTHING;

-- name: Answers :many
SELECT * FROM online_answer WHERE session_id = @session_id ORDER BY at, student_id;

-- name: ForgetSignals :exec
UPDATE online_answer SET browser_hash = NULL, address_hash = NULL
WHERE at < @before AND (browser_hash IS NOT NULL OR address_hash IS NOT NULL);

-- name: ForgetTries :exec
DELETE FROM online_try WHERE at < @before;

-- name: ExpectedCount :one
SELECT count(*) FROM enrolment e JOIN session s ON s.course_id = e.course_id
WHERE s.id = @session_id AND e.from_at <= s.opened_at AND (e.to_at IS NULL OR e.to_at > s.opened_at);

-- name: StatusCounts :many
SELECT status, count(*) AS students FROM standing WHERE session_id = @session_id GROUP BY status ORDER BY status;
