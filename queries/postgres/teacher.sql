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

-- name: TeacherForChange :one
SELECT * FROM teacher WHERE id = @id FOR NO KEY UPDATE;

-- name: TeacherReferred :one
SELECT (EXISTS (SELECT FROM teaching WHERE teacher_id = @id::uuid) OR EXISTS (SELECT FROM course WHERE teacher_id = @id::uuid)
     OR EXISTS (SELECT FROM session WHERE teacher_id = @id::uuid) OR EXISTS (SELECT FROM login WHERE person_id = @id::uuid))::boolean;

-- name: ListTeachers :many
-- See ListTerms.
SELECT k.* FROM (
    SELECT p.id, p.name, p.code, p.email, (p.pin_hash <> '')::boolean AS has_pin, p.archived_at,
        (CASE @sort::text WHEN 'name' THEN lower(p.name) WHEN 'code' THEN lower(p.code) ELSE '' END)::text AS key
    FROM teacher p
    WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN p.archived_at IS NOT NULL ELSE p.archived_at IS NULL END
      AND (NOT @one::boolean OR p.id = @id::uuid)
      AND (@course_id::uuid IS NULL OR EXISTS (SELECT FROM teaching t WHERE t.teacher_id = p.id AND t.course_id = @course_id::uuid
           AND t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)))
      AND (cardinality(@words::text[]) = 0
           OR lower(concat_ws(' ', p.name, p.code, p.email)) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))))
) k
WHERE NOT @started::boolean OR (NOT @back::boolean AND (k.key, k.id) > (@after_key::text, @after_id::uuid))
   OR (@back::boolean AND (k.key, k.id) < (@after_key::text, @after_id::uuid))
ORDER BY CASE WHEN NOT @back::boolean THEN k.key END, CASE WHEN NOT @back::boolean THEN k.id END,
         CASE WHEN @back::boolean THEN k.key END DESC, CASE WHEN @back::boolean THEN k.id END DESC
LIMIT @most;

-- name: CountTeachers :one
SELECT count(*) FROM teacher p
WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN p.archived_at IS NOT NULL ELSE p.archived_at IS NULL END
  AND (@course_id::uuid IS NULL OR EXISTS (SELECT FROM teaching t WHERE t.teacher_id = p.id AND t.course_id = @course_id::uuid
       AND t.from_at <= @at::timestamptz AND (t.to_at IS NULL OR t.to_at > @at::timestamptz)))
  AND (cardinality(@words::text[]) = 0
       OR lower(concat_ws(' ', p.name, p.code, p.email)) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))));
