-- name: Courses :many
SELECT * FROM course WHERE archived_at IS NULL ORDER BY code, id;

-- name: CoursesOf :many
SELECT c.* FROM course c
WHERE c.archived_at IS NULL
  AND EXISTS (SELECT FROM teaching t WHERE t.course_id = c.id AND t.teacher_id = @teacher_id
              AND t.from_at <= @at AND (t.to_at IS NULL OR t.to_at > @at))
ORDER BY c.code, c.id;

-- name: Course :one
SELECT * FROM course WHERE id = @id;

-- name: CourseByCode :one
SELECT * FROM course WHERE lower(code) = lower(@code) AND archived_at IS NULL;

-- name: LockCourse :exec
-- Two that open a session of one course take turns; whoever only refers to the
-- course does not wait.
SELECT FROM course WHERE id = @id FOR NO KEY UPDATE;

-- name: PutCourse :exec
INSERT INTO course (id, term_id, code, name, default_minutes, archived_at)
VALUES (@id, @term_id, @code, @name, @default_minutes, @archived_at)
ON CONFLICT (id) DO UPDATE SET term_id = excluded.term_id, code = excluded.code, name = excluded.name,
    default_minutes = excluded.default_minutes, archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(course.archived_at, excluded.archived_at) END;

-- name: RemoveCourse :execrows
DELETE FROM course WHERE id = @id;
