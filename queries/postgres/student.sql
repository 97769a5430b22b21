-- name: StudentByRoll :one
-- The index is on upper(); an empty number is nobody's.
SELECT id, name, university_roll, password_hash FROM student
WHERE upper(university_roll) = upper(@university_roll) AND university_roll <> '' AND archived_at IS NULL;

-- name: SigningStudent :one
SELECT id, name, university_roll, password_hash FROM student WHERE id = @id AND archived_at IS NULL;

-- name: SetStudentPassword :execrows
UPDATE student SET password_hash = @password_hash WHERE id = @id AND archived_at IS NULL;

-- name: RehashStudent :exec
-- Unless it was changed meanwhile.
UPDATE student SET password_hash = @fresh WHERE id = @id AND password_hash = @stale;

-- name: PutStudent :exec
INSERT INTO student (id, name, university_roll, enrolment_no, email, email2, password_hash, archived_at)
VALUES (@id, @name, @university_roll, @enrolment_no, @email, @email2, @password_hash, @archived_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, university_roll = excluded.university_roll,
    enrolment_no = excluded.enrolment_no, email = excluded.email, email2 = excluded.email2,
    password_hash = excluded.password_hash, archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(student.archived_at, excluded.archived_at) END;

-- name: RemoveStudent :execrows
DELETE FROM student WHERE id = @id;
