-- name: AddRequest :execrows
INSERT INTO request (id, kind, state, student_id, session_id, all_courses, course_ids, from_at, to_at, status, reason, asked_by_id, asked_role, asked_at)
VALUES (@id, @kind, 'open', @student_id, @session_id, @all_courses, @course_ids::uuid[], @from_at, @to_at, @status, @reason, @asked_by_id, @asked_role, @asked_at)
ON CONFLICT (id) DO NOTHING;

-- name: Request :one
SELECT sqlc.embed(r), s.name, s.university_roll FROM request r JOIN student s ON s.id = r.student_id WHERE r.id = @id;

-- name: LockRequest :one
SELECT id FROM request WHERE id = @id FOR NO KEY UPDATE;

-- name: DecideRequest :exec
UPDATE request SET state = @state, status = @status, note = @note, decided_by_id = @decided_by_id, decided_role = @decided_role, decided_at = @decided_at
WHERE id = @id;

-- name: CountOpenRequests :one
SELECT count(*) FROM request WHERE state = 'open' AND asked_by_id = @asked_by_id;

-- name: Requests :many
-- The newest first, below a place.
SELECT sqlc.embed(r), s.name, s.university_roll FROM request r JOIN student s ON s.id = r.student_id
WHERE (sqlc.narg(state)::text IS NULL OR r.state = sqlc.narg(state)::text)
  AND (sqlc.narg(kind)::text IS NULL OR r.kind = sqlc.narg(kind)::text)
  AND (r.asked_at, r.id) < (@before::timestamptz, @below::uuid)
ORDER BY r.asked_at DESC, r.id DESC LIMIT @most;

-- name: RequestsOf :many
-- The same of one student.
SELECT sqlc.embed(r), s.name, s.university_roll FROM request r JOIN student s ON s.id = r.student_id
WHERE r.student_id = @student_id
  AND (sqlc.narg(state)::text IS NULL OR r.state = sqlc.narg(state)::text)
  AND (sqlc.narg(kind)::text IS NULL OR r.kind = sqlc.narg(kind)::text)
  AND (r.asked_at, r.id) < (@before::timestamptz, @below::uuid)
ORDER BY r.asked_at DESC, r.id DESC LIMIT @most;

-- name: RequestsIn :many
-- The same of those that touch some courses. A leave for all courses touches those
-- that its student takes.
WITH ours AS MATERIALIZED (
    SELECT r.id FROM request r WHERE r.course_ids && @course_ids::uuid[]
    UNION
    SELECT r.id FROM request r JOIN enrolment e ON e.student_id = r.student_id
    WHERE r.all_courses AND e.course_id = ANY(@course_ids::uuid[]) AND e.from_at < r.to_at AND (e.to_at IS NULL OR e.to_at > r.from_at)
)
SELECT sqlc.embed(r), s.name, s.university_roll FROM ours JOIN request r ON r.id = ours.id JOIN student s ON s.id = r.student_id
WHERE (sqlc.narg(state)::text IS NULL OR r.state = sqlc.narg(state)::text)
  AND (sqlc.narg(kind)::text IS NULL OR r.kind = sqlc.narg(kind)::text)
  AND (r.asked_at, r.id) < (@before::timestamptz, @below::uuid)
ORDER BY r.asked_at DESC, r.id DESC LIMIT @most;

-- name: CoursesTaken :many
SELECT DISTINCT e.course_id FROM enrolment e
WHERE e.student_id = @student_id AND e.from_at <= @at AND (e.to_at IS NULL OR e.to_at > @at) ORDER BY e.course_id;

-- name: LeavesOver :many
-- Also of a session that was deleted: it may be restored.
SELECT sqlc.embed(r), s.name, s.university_roll FROM request r JOIN student s ON s.id = r.student_id
WHERE r.kind = 'leave' AND r.state = 'approved' AND r.from_at <= @at AND r.to_at > @at
  AND (r.all_courses OR @course_id::uuid = ANY(r.course_ids))
  AND r.student_id IN (SELECT e.student_id FROM enrolment e
    WHERE e.course_id = @course_id::uuid AND e.from_at <= @at AND (e.to_at IS NULL OR e.to_at > @at))
ORDER BY r.asked_at, r.id;

-- name: LeaveSessions :many
-- Also those that were deleted: they may be restored.
SELECT se.* FROM session se
WHERE se.opened_at >= @from_at AND se.opened_at < @to_at
  AND se.course_id IN (SELECT e.course_id FROM enrolment e WHERE e.student_id = @student_id)
  AND (@all_courses::boolean OR se.course_id = ANY(@course_ids::uuid[]))
  AND EXISTS (SELECT FROM enrolment e WHERE e.student_id = @student_id AND e.course_id = se.course_id
    AND e.from_at <= se.opened_at AND (e.to_at IS NULL OR e.to_at > se.opened_at))
ORDER BY se.opened_at, se.id;
