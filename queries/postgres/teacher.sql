-- name: Instructors :many
SELECT p.* FROM teacher p
WHERE EXISTS (SELECT FROM teaching t WHERE t.teacher_id = p.id AND t.course_id = @course_id
              AND t.from_at <= @at AND (t.to_at IS NULL OR t.to_at > @at))
ORDER BY p.name, p.id;

-- name: Instructor :one
SELECT * FROM teacher WHERE id = @id;

-- name: LockTeacher :one
SELECT * FROM teacher WHERE id = @id AND archived_at IS NULL FOR UPDATE;

-- name: PutTeacher :exec
INSERT INTO teacher (id, name, code, pin_hash, email, archived_at)
VALUES (@id, @name, @code, @pin_hash, @email, @archived_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, code = excluded.code, pin_hash = excluded.pin_hash,
    email = excluded.email, archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(teacher.archived_at, excluded.archived_at) END;

-- name: RemoveTeacher :execrows
DELETE FROM teacher WHERE id = @id;
