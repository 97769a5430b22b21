-- name: StudentByRoll :one
-- The index is on upper(); an empty number is nobody's.
SELECT id, name, university_roll, password_hash, must_change FROM student
WHERE upper(university_roll) = upper(@university_roll) AND university_roll <> '' AND archived_at IS NULL;

-- name: SigningStudent :one
SELECT id, name, university_roll, password_hash, must_change FROM student WHERE id = @id AND archived_at IS NULL;

-- name: SetStudentPassword :execrows
UPDATE student SET password_hash = @password_hash, must_change = false WHERE id = @id AND archived_at IS NULL;

-- name: RehashStudent :exec
-- Unless it was changed meanwhile. Of the original's, nobody knows who made it: its
-- imports gave a whole class one password.
UPDATE student SET password_hash = @fresh, must_change = must_change OR @original::boolean WHERE id = @id AND password_hash = @stale;

-- name: PutStudent :exec
-- A password that comes this way was made by somebody else, whoever writes it.
INSERT INTO student (id, name, university_roll, enrolment_no, email, email2, password_hash, archived_at, must_change)
VALUES (@id, @name, @university_roll, @enrolment_no, @email, @email2, @password_hash, @archived_at, @password_hash <> '')
ON CONFLICT (id) DO UPDATE SET name = excluded.name, university_roll = excluded.university_roll,
    enrolment_no = excluded.enrolment_no, email = excluded.email, email2 = excluded.email2,
    must_change = CASE WHEN excluded.password_hash = student.password_hash THEN student.must_change ELSE excluded.must_change END,
    password_hash = excluded.password_hash, archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(student.archived_at, excluded.archived_at) END;

-- name: RemoveStudent :execrows
DELETE FROM student WHERE id = @id;

-- name: StudentForChange :one
SELECT * FROM student WHERE id = @id FOR NO KEY UPDATE;

-- name: StudentsForEnrolment :many
-- Nobody archives them meanwhile.
SELECT * FROM student WHERE id = ANY(@ids::uuid[]) ORDER BY id FOR SHARE;

-- name: StudentReferred :one
SELECT (EXISTS (SELECT FROM enrolment WHERE student_id = @id::uuid) OR EXISTS (SELECT FROM standing WHERE student_id = @id::uuid)
     OR EXISTS (SELECT FROM fact WHERE student_id = @id::uuid) OR EXISTS (SELECT FROM login WHERE person_id = @id::uuid))::boolean;

-- name: ListStudents :many
-- See ListTerms. not_in: those who could still be enrolled in a course.
SELECT k.* FROM (
    SELECT s.id, s.name, s.university_roll, s.enrolment_no, s.email, s.email2, (s.password_hash <> '')::boolean AS has_password, s.archived_at,
        (CASE @sort::text WHEN 'roll' THEN upper(s.university_roll) ELSE lower(s.name) END)::text AS key
    FROM student s
    WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN s.archived_at IS NOT NULL ELSE s.archived_at IS NULL END
      AND (NOT @one::boolean OR s.id = @id::uuid)
      AND (@not_in::uuid IS NULL OR NOT EXISTS (SELECT FROM enrolment e
           WHERE e.student_id = s.id AND e.course_id = @not_in::uuid AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
      AND (@course_id::uuid IS NULL OR s.id IN (SELECT e.student_id FROM enrolment e WHERE e.course_id = @course_id::uuid AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
      AND (@term_id::uuid IS NULL OR s.id IN (SELECT e.student_id FROM enrolment e JOIN course c ON c.id = e.course_id
           WHERE c.term_id = @term_id::uuid AND c.archived_at IS NULL AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
      AND (cardinality(@words::text[]) = 0 OR s.search LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))))
) k
WHERE NOT @started::boolean OR (NOT @back::boolean AND (k.key, k.id) > (@after_key::text, @after_id::uuid))
   OR (@back::boolean AND (k.key, k.id) < (@after_key::text, @after_id::uuid))
ORDER BY CASE WHEN NOT @back::boolean THEN k.key END, CASE WHEN NOT @back::boolean THEN k.id END,
         CASE WHEN @back::boolean THEN k.key END DESC, CASE WHEN @back::boolean THEN k.id END DESC
LIMIT @most;

-- name: CountStudents :one
SELECT count(*) FROM student s
WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN s.archived_at IS NOT NULL ELSE s.archived_at IS NULL END
  AND (@not_in::uuid IS NULL OR NOT EXISTS (SELECT FROM enrolment e
       WHERE e.student_id = s.id AND e.course_id = @not_in::uuid AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
  AND (@course_id::uuid IS NULL OR s.id IN (SELECT e.student_id FROM enrolment e WHERE e.course_id = @course_id::uuid AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
  AND (@term_id::uuid IS NULL OR s.id IN (SELECT e.student_id FROM enrolment e JOIN course c ON c.id = e.course_id
       WHERE c.term_id = @term_id::uuid AND c.archived_at IS NULL AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)))
  AND (cardinality(@words::text[]) = 0 OR s.search LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))));

-- name: KnowsStudent :one
SELECT EXISTS (SELECT FROM student WHERE id = @id)::boolean;
