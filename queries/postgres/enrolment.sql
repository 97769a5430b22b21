-- name: Roster :many
SELECT e.student_id, e.course_id, e.roll, e.from_at, e.to_at, s.name, s.university_roll, s.enrolment_no
FROM enrolment e JOIN student s ON s.id = e.student_id
WHERE e.course_id = @course_id
ORDER BY e.roll, e.from_at, e.id;

-- name: PutEnrolment :execrows
-- Whom a row is about never changes: a pendrive would not learn that it left.
INSERT INTO enrolment (id, course_id, student_id, roll, from_at, to_at)
VALUES (@id, @course_id, @student_id, @roll, @from_at, @to_at)
ON CONFLICT (id) DO UPDATE SET roll = excluded.roll, from_at = excluded.from_at, to_at = excluded.to_at
WHERE enrolment.course_id = excluded.course_id AND enrolment.student_id = excluded.student_id;

-- name: RemoveEnrolment :execrows
DELETE FROM enrolment WHERE id = @id;
