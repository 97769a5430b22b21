-- name: Courses :many
SELECT * FROM course
WHERE archived = 0 AND hidden = 0
ORDER BY code, id;

-- name: CoursesOf :many
SELECT c.* FROM course AS c
WHERE c.archived = 0 AND c.hidden = 0 AND c.id IN (
    SELECT t.course_id FROM teaching AS t
    WHERE t.teacher_id = @teacher_id AND t.hidden = 0
        AND t.from_ms <= @now_ms AND (t.to_ms = 0 OR t.to_ms > @now_ms)
)
ORDER BY c.code, c.id;

-- name: Course :one
SELECT * FROM course
WHERE id = @id;

-- name: CourseByCode :one
SELECT * FROM course
WHERE code_key = @code_key AND archived = 0 AND hidden = 0
ORDER BY id
LIMIT 1;

-- name: PutCourse :exec
INSERT INTO course (id, code, code_key, name, default_minutes, archived)
VALUES (@id, @code, @code_key, @name, @default_minutes, @archived)
ON CONFLICT (id) DO UPDATE SET
    code = excluded.code, code_key = excluded.code_key, name = excluded.name,
    default_minutes = excluded.default_minutes, archived = excluded.archived, hidden = 0;

-- name: HideCourse :exec
UPDATE course SET hidden = 1 WHERE id = @id;

-- name: HideCourses :exec
UPDATE course SET hidden = 1;
