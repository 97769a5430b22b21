-- name: PutTeaching :execrows
-- Whom a row is about never changes: a pendrive would not learn that it left.
INSERT INTO teaching (id, course_id, teacher_id, from_at, to_at)
VALUES (@id, @course_id, @teacher_id, @from_at, @to_at)
ON CONFLICT (id) DO UPDATE SET from_at = excluded.from_at, to_at = excluded.to_at
WHERE teaching.course_id = excluded.course_id AND teaching.teacher_id = excluded.teacher_id;

-- name: RemoveTeaching :execrows
DELETE FROM teaching WHERE id = @id;
