-- What a report over the whole school asks. NULL asks for everything.

-- name: ReportCourses :many
-- Courses that are over only where somebody names a term, a course or a student.
SELECT c.id, c.code, c.name, c.default_minutes, c.archived_at, t.id AS term_id, coalesce(t.name, '')::text AS term_name, t.starts_on, t.ends_on,
    (SELECT count(*) FROM session s WHERE s.course_id = c.id AND NOT s.voided)::bigint AS sessions,
    (SELECT count(*) FROM enrolment e WHERE e.course_id = c.id)::bigint AS students
FROM course c LEFT JOIN term t ON t.id = c.term_id
WHERE (@term_id::uuid IS NULL OR c.term_id = @term_id::uuid)
  AND (@course_id::uuid IS NULL OR c.id = @course_id::uuid)
  AND (@student_id::uuid IS NULL OR EXISTS (SELECT FROM enrolment e WHERE e.course_id = c.id AND e.student_id = @student_id::uuid))
  AND (c.archived_at IS NULL OR coalesce(@term_id::uuid, @course_id::uuid, @student_id::uuid) IS NOT NULL)
ORDER BY c.code, c.id;

-- name: Began :many
SELECT course_id, opened_at FROM session
WHERE opened_at >= @from_at AND opened_at < @until_at AND NOT voided
ORDER BY opened_at, id;

-- name: Contacts :many
SELECT id, email, email2 FROM student WHERE id = ANY(@ids::uuid[]) ORDER BY id;

-- name: TeacherNames :many
SELECT g.course_id, string_agg(t.name, ', ' ORDER BY t.name, t.id)::text AS names
FROM teaching g JOIN teacher t ON t.id = g.teacher_id
WHERE g.course_id = ANY(@course_ids::uuid[]) AND g.from_at <= @at AND (g.to_at IS NULL OR g.to_at > @at) AND t.archived_at IS NULL
GROUP BY g.course_id ORDER BY g.course_id;
