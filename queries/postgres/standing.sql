-- name: Standings :many
SELECT * FROM standing WHERE session_id = @session_id ORDER BY student_id;

-- name: StandingsOf :many
SELECT * FROM standing WHERE session_id = @session_id AND student_id = ANY(@student_ids::uuid[]) ORDER BY student_id;

-- name: StandingsAt :many
SELECT st.* FROM (SELECT unnest(@session_ids::uuid[]) AS session_id, unnest(@student_ids::uuid[]) AS student_id) g
JOIN standing st ON st.session_id = g.session_id AND st.student_id = g.student_id
ORDER BY st.session_id, st.student_id;

-- name: CourseStandings :many
-- Session by session (OFFSET 0 keeps the planner from joining the tables as wholes):
-- a course is a small part of either.
SELECT st.session_id, st.student_id, st.status, st.method, st.reason, st.at, st.conflict
FROM session s CROSS JOIN LATERAL (SELECT * FROM standing WHERE standing.session_id = s.id OFFSET 0) st
WHERE s.course_id = @course_id AND NOT s.voided
ORDER BY s.opened_at, s.id, st.student_id;

-- name: PutStandings :exec
-- One statement, in key order. The zero time stands for none: an array of times
-- has no NULL.
WITH given AS (
    SELECT unnest(@session_ids::uuid[]) AS session_id, unnest(@student_ids::uuid[]) AS student_id,
        unnest(@states::bytea[]) AS state, unnest(@statuses::text[]) AS status, unnest(@methods::text[]) AS method,
        unnest(@reasons::text[]) AS reason, unnest(@ats::timestamptz[]) AS at, unnest(@conflicts::boolean[]) AS conflict
)
INSERT INTO standing (session_id, student_id, state, status, method, reason, at, conflict)
SELECT session_id, student_id, state, status, method, reason, nullif(at, '0001-01-01 00:00:00+00'::timestamptz), conflict
FROM given ORDER BY session_id, student_id
ON CONFLICT (session_id, student_id) DO UPDATE SET state = excluded.state, status = excluded.status,
    method = excluded.method, reason = excluded.reason, at = excluded.at, conflict = excluded.conflict;

-- name: AddStandings :exec
-- Where nothing stands. Looking whether something does takes a third of an insert.
WITH given AS (
    SELECT unnest(@session_ids::uuid[]) AS session_id, unnest(@student_ids::uuid[]) AS student_id,
        unnest(@states::bytea[]) AS state, unnest(@statuses::text[]) AS status, unnest(@methods::text[]) AS method,
        unnest(@reasons::text[]) AS reason, unnest(@ats::timestamptz[]) AS at, unnest(@conflicts::boolean[]) AS conflict
)
INSERT INTO standing (session_id, student_id, state, status, method, reason, at, conflict)
SELECT session_id, student_id, state, status, method, reason, nullif(at, '0001-01-01 00:00:00+00'::timestamptz), conflict
FROM given;

-- name: DropStandings :exec
DELETE FROM standing WHERE session_id = @session_id;

-- name: CourseMarks :many
-- As CourseStandings, a row for each session.
SELECT st.session_id, array_agg(st.student_id)::uuid[] AS student_ids, array_agg(st.status)::text[] AS statuses
FROM session s CROSS JOIN LATERAL (SELECT * FROM standing WHERE standing.session_id = s.id OFFSET 0) st
WHERE s.course_id = @course_id AND NOT s.voided
GROUP BY st.session_id ORDER BY st.session_id;

-- name: MarkedElsewhere :one
SELECT EXISTS (SELECT FROM standing WHERE student_id = @student_id AND session_id <> @session_id AND status <> '')::boolean;
