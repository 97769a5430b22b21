-- name: CourseLines :many
-- Without a term: the courses that run. With one: its own; archived ones only if the
-- term is archived as well, for then they were not taken back but are over. Who is
-- enrolled was counted with the course; only where that may have changed since is
-- it counted here. Of its strip only what is wanted leaves the database.
WITH now_teaching AS (
    SELECT t.course_id, string_agg(p.name, ', ' ORDER BY p.name, p.id) AS names FROM teaching t JOIN teacher p ON p.id = t.teacher_id
    WHERE t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)
    GROUP BY t.course_id
)
SELECT c.id, c.code, c.name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name,
    coalesce(h.names, '')::text AS teachers,
    (CASE WHEN n.course_id IS NOT NULL AND (n.enrolled_until IS NULL OR n.enrolled_until > @at::timestamptz)
        AND c.id NOT IN (SELECT s.course_id FROM stale s) THEN n.enrolled
     ELSE (SELECT count(DISTINCT e.student_id) FROM enrolment e
        WHERE e.course_id = c.id AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)) END)::integer AS enrolled,
    coalesce(n.policy, '{}')::text AS policy,
    (CASE WHEN @footings::boolean AND p.course_id IS NOT NULL THEN p.sessions ELSE '' END)::bytea AS footings,
    (CASE WHEN @bands::boolean AND p.course_id IS NOT NULL THEN p.members ELSE '' END)::bytea AS members,
    (CASE WHEN @bands::boolean AND p.course_id IS NOT NULL THEN p.bands ELSE '' END)::text AS member_bands,
    coalesce(n.sessions, 0)::integer AS sessions, coalesce(n.online, 0)::integer AS online, coalesce(n.expected, 0)::integer AS expected,
    coalesce(n.present, 0)::integer AS present, coalesce(n.late, 0)::integer AS late, coalesce(n.absent, 0)::integer AS absent,
    coalesce(n.excused, 0)::integer AS excused, coalesce(n.duty, 0)::integer AS duty
FROM course c
LEFT JOIN term t ON t.id = c.term_id
LEFT JOIN now_teaching h ON h.course_id = c.id
LEFT JOIN course_count n ON n.course_id = c.id
LEFT JOIN strip p ON p.course_id = c.id
WHERE CASE WHEN @term_id::uuid IS NULL THEN c.archived_at IS NULL
           ELSE c.term_id = @term_id::uuid AND (c.archived_at IS NULL OR t.archived_at IS NOT NULL) END
ORDER BY c.code, c.id;

-- name: CourseLine :one
SELECT c.id, c.code, c.name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name,
    coalesce((SELECT string_agg(p.name, ', ' ORDER BY p.name, p.id) FROM teaching h JOIN teacher p ON p.id = h.teacher_id
        WHERE h.course_id = c.id AND h.from_at <= @at::timestamptz AND (h.to_at IS NULL OR h.to_at > @at::timestamptz)), '')::text AS teachers,
    (SELECT count(DISTINCT e.student_id) FROM enrolment e
        WHERE e.course_id = c.id AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)) AS enrolled,
    coalesce(n.policy, '{}')::text AS policy
FROM course c LEFT JOIN term t ON t.id = c.term_id LEFT JOIN course_count n ON n.course_id = c.id
WHERE c.id = @id;

-- name: TermName :one
SELECT name FROM term WHERE id = @id;

-- name: Pending :many
-- Courses whose counts lack something as this transaction sees it: noted, or with a
-- class whose time is up and that no count holds, or whose roster was to change.
SELECT p.course_id FROM (
    SELECT s.course_id FROM stale s
    UNION
    SELECT n.course_id FROM course_count n WHERE n.enrolled_until IS NOT NULL AND n.enrolled_until <= @at::timestamptz
    UNION
    SELECT se.course_id FROM session se
    WHERE se.closed_at IS NULL AND NOT se.voided AND se.closes_at <= @at::timestamptz
      AND NOT EXISTS (SELECT FROM session_count n WHERE n.session_id = se.id)
) p ORDER BY p.course_id;

-- name: Strips :many
SELECT p.course_id, p.sessions, p.members, p.bands, p.cells FROM strip p WHERE p.course_id = ANY(@course_ids::uuid[]) ORDER BY p.course_id;

-- name: People :one
SELECT count(*) FROM student WHERE archived_at IS NULL;

-- name: PeopleIn :one
SELECT count(DISTINCT e.student_id) FROM enrolment e
WHERE e.course_id = ANY(@course_ids::uuid[]) AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz);

-- name: StudentSums :many
SELECT n.course_id, n.student_id, n.present, n.late, n.absent, n.excused, n.duty, n.current_streak, n.longest_streak
FROM student_count n
WHERE n.course_id = ANY(@course_ids::uuid[])
  AND n.enrolled @> @at::timestamptz
ORDER BY n.course_id;

-- name: Missed :many
SELECT n.course_id, n.student_id, n.missed FROM student_count n
WHERE n.missed > 1 AND n.missed >= @least::integer AND n.course_id = ANY(@course_ids::uuid[])
  AND n.enrolled @> @at::timestamptz
ORDER BY n.course_id, n.student_id;

-- name: MembersOf :many
-- The newest enrolment of each pair.
SELECT DISTINCT ON (e.course_id, e.student_id) e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no
FROM (SELECT unnest(@course_ids::uuid[]) AS course_id, unnest(@student_ids::uuid[]) AS student_id) p
JOIN enrolment e ON e.course_id = p.course_id AND e.student_id = p.student_id JOIN student s ON s.id = e.student_id
ORDER BY e.course_id, e.student_id, e.from_at DESC, e.id;

-- name: OptedIn :many
-- Those of the students who want to be named on the leaderboard.
SELECT s.id, s.name FROM leaderboard_member m JOIN student s ON s.id = m.student_id WHERE m.student_id = ANY(@ids::uuid[]) ORDER BY s.id;

-- name: OptIn :exec
INSERT INTO leaderboard_member (student_id, since) VALUES (@student_id, @since) ON CONFLICT DO NOTHING;

-- name: OptOut :exec
DELETE FROM leaderboard_member WHERE student_id = @student_id;

-- name: EnrolmentsOf :many
SELECT e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no,
    c.code, c.name AS course_name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name, t.archived_at AS term_archived_at
FROM enrolment e JOIN student s ON s.id = e.student_id JOIN course c ON c.id = e.course_id LEFT JOIN term t ON t.id = c.term_id
WHERE e.student_id = @student_id
ORDER BY c.code, c.id, e.from_at, e.id;

-- name: StudentPerson :one
SELECT id, name, university_roll, enrolment_no FROM student WHERE id = @id;

-- name: OwnCounts :many
-- A student's enrolments, and what is stored of them in each course; lacks is as in
-- Pending.
SELECT e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no,
    c.code, c.name AS course_name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name, t.archived_at AS term_archived_at,
    coalesce(k.policy, '{}')::text AS policy, coalesce(k.sessions, 0)::integer AS sessions,
    coalesce(n.present, 0)::integer AS present, coalesce(n.late, 0)::integer AS late, coalesce(n.absent, 0)::integer AS absent,
    coalesce(n.excused, 0)::integer AS excused, coalesce(n.duty, 0)::integer AS duty,
    coalesce(n.current_streak, 0)::integer AS current_streak, coalesce(n.longest_streak, 0)::integer AS longest_streak,
    coalesce(n.missed, 0)::integer AS missed, coalesce(n.band, 'none')::text AS band,
    (n.student_id IS NULL OR EXISTS (SELECT FROM stale x WHERE x.course_id = e.course_id) OR EXISTS (SELECT FROM session se
        WHERE se.course_id = e.course_id AND se.closed_at IS NULL AND NOT se.voided AND se.closes_at <= @at::timestamptz
          AND NOT EXISTS (SELECT FROM session_count m WHERE m.session_id = se.id)))::boolean AS lacks
FROM enrolment e JOIN student s ON s.id = e.student_id JOIN course c ON c.id = e.course_id LEFT JOIN term t ON t.id = c.term_id
LEFT JOIN course_count k ON k.course_id = e.course_id
LEFT JOIN student_count n ON n.course_id = e.course_id AND n.student_id = e.student_id
WHERE e.student_id = @student_id
ORDER BY c.code, c.id, e.from_at, e.id;

-- name: OwnSessions :many
-- What students see of their courses' classes.
SELECT se.id, se.course_id, se.kind, se.topic, se.opened_at, se.closes_at, se.closed_at, se.policy::text AS policy FROM session se
WHERE se.course_id IN (SELECT e.course_id FROM enrolment e WHERE e.student_id = @student_id) AND NOT se.voided
ORDER BY se.opened_at, se.id;

-- name: OwnStandings :many
-- Of any class: only those are looked up that OwnSessions lists.
SELECT session_id, student_id, status, method, reason, at, conflict FROM standing WHERE student_id = @student_id ORDER BY session_id;

-- name: FactsOfStudent :many
-- With each class's, those that decide are found by the standing's state.
SELECT f.id, f.incarnation, f.seq, f.ord, f.effective_at, f.body, f.clocking FROM session s JOIN fact f ON f.session_id = s.id AND f.student_id = @student_id
WHERE s.course_id = @course_id AND NOT s.voided
ORDER BY f.ord, f.id;

-- name: NamesOfTeachers :many
SELECT id, name FROM teacher WHERE id = ANY(@ids::uuid[]) ORDER BY id;
