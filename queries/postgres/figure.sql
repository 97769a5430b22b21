-- name: CourseLines :many
-- Without a term: the courses that run. With one: its own; archived ones only if the
-- term is archived as well, for then they were not taken back but are over.
WITH now_enrolled AS (
    SELECT e.course_id, count(*) AS n FROM (
        SELECT DISTINCT o.course_id, o.student_id FROM enrolment o
        WHERE o.from_at <= @at::timestamptz AND (o.to_at IS NULL OR o.to_at > @at::timestamptz)
    ) e GROUP BY e.course_id
), now_teaching AS (
    SELECT t.course_id, string_agg(p.name, ', ' ORDER BY p.name, p.id) AS names FROM teaching t JOIN teacher p ON p.id = t.teacher_id
    WHERE t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)
    GROUP BY t.course_id
)
SELECT c.id, c.code, c.name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name,
    coalesce(h.names, '')::text AS teachers, coalesce(e.n, 0)::bigint AS enrolled, coalesce(n.policy, '{}')::jsonb AS policy,
    coalesce(n.sessions, 0)::integer AS sessions, coalesce(n.online, 0)::integer AS online, coalesce(n.expected, 0)::integer AS expected,
    coalesce(n.present, 0)::integer AS present, coalesce(n.late, 0)::integer AS late, coalesce(n.absent, 0)::integer AS absent,
    coalesce(n.excused, 0)::integer AS excused, coalesce(n.duty, 0)::integer AS duty
FROM course c
LEFT JOIN term t ON t.id = c.term_id
LEFT JOIN now_teaching h ON h.course_id = c.id
LEFT JOIN now_enrolled e ON e.course_id = c.id
LEFT JOIN course_count n ON n.course_id = c.id
WHERE CASE WHEN @term_id::uuid IS NULL THEN c.archived_at IS NULL
           ELSE c.term_id = @term_id::uuid AND (c.archived_at IS NULL OR t.archived_at IS NOT NULL) END
ORDER BY c.code, c.id;

-- name: CourseLine :one
SELECT c.id, c.code, c.name, c.default_minutes, c.archived_at, c.term_id, coalesce(t.name, '')::text AS term_name,
    coalesce((SELECT string_agg(p.name, ', ' ORDER BY p.name, p.id) FROM teaching h JOIN teacher p ON p.id = h.teacher_id
        WHERE h.course_id = c.id AND h.from_at <= @at::timestamptz AND (h.to_at IS NULL OR h.to_at > @at::timestamptz)), '')::text AS teachers,
    (SELECT count(DISTINCT e.student_id) FROM enrolment e
        WHERE e.course_id = c.id AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)) AS enrolled,
    coalesce(n.policy, '{}')::jsonb AS policy
FROM course c LEFT JOIN term t ON t.id = c.term_id LEFT JOIN course_count n ON n.course_id = c.id
WHERE c.id = @id;

-- name: TermName :one
SELECT name FROM term WHERE id = @id;

-- name: Pending :many
-- Courses whose counts lack something as this transaction sees it: noted, or with a
-- class whose time is up and that no count holds.
SELECT p.course_id FROM (
    SELECT s.course_id FROM stale s
    UNION
    SELECT se.course_id FROM session se
    WHERE se.closed_at IS NULL AND NOT se.voided AND se.closes_at <= @at::timestamptz
      AND NOT EXISTS (SELECT FROM session_count n WHERE n.session_id = se.id)
) p ORDER BY p.course_id;

-- name: CourseSums :many
SELECT n.course_id, n.kind, count(*) AS sessions, sum(n.expected)::bigint AS expected, sum(n.present)::bigint AS present,
    sum(n.late)::bigint AS late, sum(n.absent)::bigint AS absent, sum(n.excused)::bigint AS excused, sum(n.duty)::bigint AS duty
FROM session_count n
WHERE n.course_id = ANY(@course_ids::uuid[])
  AND n.opened_at >= @since::timestamptz AND n.opened_at < @until::timestamptz
GROUP BY n.course_id, n.kind
ORDER BY n.course_id, n.kind;

-- name: DaySums :many
-- A day is the number of bounds at or before a class began.
SELECT width_bucket(n.opened_at, @bounds::timestamptz[])::integer AS day, n.kind, count(*) AS sessions, sum(n.expected)::bigint AS expected, sum(n.present)::bigint AS present,
    sum(n.late)::bigint AS late, sum(n.absent)::bigint AS absent, sum(n.excused)::bigint AS excused, sum(n.duty)::bigint AS duty
FROM session_count n
WHERE n.course_id = ANY(@course_ids::uuid[])
  AND n.opened_at >= @since::timestamptz AND n.opened_at < @until::timestamptz
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: FirstCounted :one
SELECT coalesce(min(n.opened_at), '0001-01-01 00:00:00+00')::timestamptz FROM session_count n WHERE n.course_id = ANY(@course_ids::uuid[]);

-- name: People :one
SELECT count(*) FROM student WHERE archived_at IS NULL;

-- name: PeopleIn :one
SELECT count(DISTINCT e.student_id) FROM enrolment e
WHERE e.course_id = ANY(@course_ids::uuid[]) AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz);

-- name: AtRisk :many
SELECT DISTINCT n.student_id FROM student_count n
WHERE n.course_id = ANY(@course_ids::uuid[]) AND n.band IN ('warning', 'critical')
  AND n.enrolled @> @at::timestamptz
ORDER BY n.student_id;

-- name: CellsBetween :many
-- The letters of the classes that began in a time.
WITH span AS (
    SELECT n.course_id, min(n.ord) AS first, max(n.ord) - min(n.ord) + 1 AS many FROM session_count n
    WHERE n.course_id = ANY(@course_ids::uuid[])
      AND n.opened_at >= @since::timestamptz AND n.opened_at < @until::timestamptz
    GROUP BY n.course_id
)
SELECT n.course_id, n.student_id, substr(n.cells, span.first + 1, span.many)::text AS cells
FROM span JOIN student_count n ON n.course_id = span.course_id
WHERE n.enrolled @> @at::timestamptz
ORDER BY n.course_id;

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

-- name: SessionsOfCourses :many
SELECT * FROM session WHERE course_id = ANY(@course_ids::uuid[]) AND NOT voided ORDER BY opened_at, id;

-- name: OwnStandings :many
-- Of any class: only those are looked up that SessionsOfCourses lists.
SELECT session_id, student_id, status, method, reason, at, conflict FROM standing WHERE student_id = @student_id ORDER BY session_id;

-- name: FactsOfStudent :many
-- With each class's, those that decide are found by the standing's state.
SELECT f.id, f.incarnation, f.seq, f.ord, f.effective_at, f.body FROM session s JOIN fact f ON f.session_id = s.id AND f.student_id = @student_id
WHERE s.course_id = @course_id AND NOT s.voided
ORDER BY f.ord, f.id;

-- name: NamesOfTeachers :many
SELECT id, name FROM teacher WHERE id = ANY(@ids::uuid[]) ORDER BY id;
