-- name: Instructors :many
SELECT t.* FROM teacher AS t
WHERE t.id IN (
    SELECT h.teacher_id FROM teaching AS h
    WHERE h.course_id = @course_id AND h.hidden = 0
        AND h.from_ms <= @now_ms AND (h.to_ms = 0 OR h.to_ms > @now_ms)
) AND t.hidden = 0
ORDER BY t.name, t.id;

-- name: Instructor :one
SELECT * FROM teacher
WHERE id = @id;

-- name: PutTeacher :exec
INSERT INTO teacher (id, name, code, pin_hash)
VALUES (@id, @name, @code, @pin_hash)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, code = excluded.code, pin_hash = excluded.pin_hash, hidden = 0;

-- name: HideTeacher :exec
UPDATE teacher SET hidden = 1 WHERE id = @id;

-- name: HideTeachers :exec
UPDATE teacher SET hidden = 1;

-- name: PutTeaching :exec
INSERT INTO teaching (id, course_id, teacher_id, from_ms, to_ms)
VALUES (@id, @course_id, @teacher_id, @from_ms, @to_ms)
ON CONFLICT (id) DO UPDATE SET
    course_id = excluded.course_id, teacher_id = excluded.teacher_id,
    from_ms = excluded.from_ms, to_ms = excluded.to_ms, hidden = 0;

-- name: HideTeaching :exec
UPDATE teaching SET hidden = 1 WHERE id = @id;

-- name: HideTeachings :exec
UPDATE teaching SET hidden = 1;
