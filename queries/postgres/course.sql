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
INSERT INTO course (id, term_id, teacher_id, code, name, default_minutes, archived_at)
VALUES (@id, @term_id, @teacher_id, @code, @name, @default_minutes, @archived_at)
ON CONFLICT (id) DO UPDATE SET term_id = excluded.term_id, teacher_id = excluded.teacher_id, code = excluded.code, name = excluded.name,
    default_minutes = excluded.default_minutes, archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(course.archived_at, excluded.archived_at) END;

-- name: RemoveCourse :execrows
DELETE FROM course WHERE id = @id;

-- name: CourseForChange :one
SELECT * FROM course WHERE id = @id FOR NO KEY UPDATE;

-- name: CourseReferred :one
-- Its teachings go with it.
SELECT (EXISTS (SELECT FROM session WHERE course_id = @id::uuid) OR EXISTS (SELECT FROM enrolment WHERE course_id = @id::uuid))::boolean;

-- name: ListCourses :many
-- See ListTerms.
SELECT k.* FROM (
    SELECT c.id, c.term_id, c.teacher_id, c.code, c.name, c.default_minutes, c.archived_at, r.name AS term_name, m.name AS teacher_name,
        ARRAY(SELECT p.name FROM teaching t JOIN teacher p ON p.id = t.teacher_id
              WHERE t.course_id = c.id AND t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)
              ORDER BY p.name, p.id)::text[] AS teachers,
        (SELECT count(*) FROM enrolment e
         WHERE e.course_id = c.id AND e.from_at <= @at::timestamptz AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)) AS enrolled,
        (CASE @sort::text WHEN 'code' THEN lower(c.code) ELSE lower(c.name) END)::text AS key
    FROM course c LEFT JOIN term r ON r.id = c.term_id LEFT JOIN teacher m ON m.id = c.teacher_id
    WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN c.archived_at IS NOT NULL ELSE c.archived_at IS NULL END
      AND (NOT @one::boolean OR c.id = @id::uuid)
      AND (@term_id::uuid IS NULL OR c.term_id = @term_id::uuid)
      AND (@teacher_id::uuid IS NULL OR EXISTS (SELECT FROM teaching t WHERE t.course_id = c.id AND t.teacher_id = @teacher_id::uuid
           AND t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)))
      AND (cardinality(@words::text[]) = 0
           OR lower(concat_ws(' ', c.name, c.code)) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))))
) k
WHERE NOT @started::boolean OR (NOT @back::boolean AND (k.key, k.id) > (@after_key::text, @after_id::uuid))
   OR (@back::boolean AND (k.key, k.id) < (@after_key::text, @after_id::uuid))
ORDER BY CASE WHEN NOT @back::boolean THEN k.key END, CASE WHEN NOT @back::boolean THEN k.id END,
         CASE WHEN @back::boolean THEN k.key END DESC, CASE WHEN @back::boolean THEN k.id END DESC
LIMIT @most;

-- name: CountCourses :one
SELECT count(*) FROM course c
WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN c.archived_at IS NOT NULL ELSE c.archived_at IS NULL END
  AND (@term_id::uuid IS NULL OR c.term_id = @term_id::uuid)
  AND (@teacher_id::uuid IS NULL OR EXISTS (SELECT FROM teaching t WHERE t.course_id = c.id AND t.teacher_id = @teacher_id::uuid
       AND t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)))
  AND (cardinality(@words::text[]) = 0
       OR lower(concat_ws(' ', c.name, c.code)) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))));
