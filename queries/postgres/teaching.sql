-- name: PutTeaching :execrows
-- Whom a row is about never changes: a pendrive would not learn that it left.
INSERT INTO teaching (id, course_id, teacher_id, from_at, to_at)
VALUES (@id, @course_id, @teacher_id, @from_at, @to_at)
ON CONFLICT (id) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at
WHERE teaching.course_id = excluded.course_id AND teaching.teacher_id = excluded.teacher_id;

-- name: RemoveTeaching :execrows
DELETE FROM teaching WHERE id = @id;

-- name: TeachingsOfCourse :many
SELECT t.*, p.name, p.code FROM teaching t JOIN teacher p ON p.id = t.teacher_id
WHERE t.course_id = @course_id ORDER BY t.from_at, t.id;

-- name: TeachingsOfTeacher :many
SELECT * FROM teaching WHERE teacher_id = @teacher_id AND (to_at IS NULL OR to_at > @at) ORDER BY from_at, id;
