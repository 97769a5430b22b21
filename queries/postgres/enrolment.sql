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

-- name: EnrolmentsOfCourse :many
SELECT * FROM enrolment WHERE course_id = @course_id ORDER BY from_at, id;

-- name: EnrolmentsOfStudent :many
SELECT * FROM enrolment WHERE student_id = @student_id AND (to_at IS NULL OR to_at > @at) ORDER BY from_at, id;

-- name: Enrolled :many
-- Those who are in a course, or will be.
SELECT e.student_id, e.roll, e.from_at, s.name, s.university_roll FROM enrolment e JOIN student s ON s.id = e.student_id
WHERE e.course_id = @course_id AND (e.to_at IS NULL OR e.to_at > @at::timestamptz) ORDER BY e.roll, e.id;

-- name: ListTermRoster :many
-- One row a student: the courses of a term, and the smallest roll.
SELECT k.* FROM (
    SELECT s.id, s.name, s.university_roll, min(e.roll)::integer AS roll,
        array_agg(DISTINCT c.code ORDER BY c.code)::text[] AS courses
    FROM enrolment e JOIN course c ON c.id = e.course_id JOIN student s ON s.id = e.student_id
    WHERE c.term_id = @term_id AND c.archived_at IS NULL AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)
      AND (cardinality(@words::text[]) = 0 OR s.search LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))))
    GROUP BY s.id
) k
WHERE NOT @started::boolean OR (k.roll, k.id) > (@after_roll::integer, @after_id::uuid)
ORDER BY k.roll, k.id LIMIT @most;

-- name: CountTermRoster :one
SELECT count(DISTINCT e.student_id) FROM enrolment e JOIN course c ON c.id = e.course_id JOIN student s ON s.id = e.student_id
WHERE c.term_id = @term_id AND c.archived_at IS NULL AND (e.to_at IS NULL OR e.to_at > @at::timestamptz)
  AND (cardinality(@words::text[]) = 0 OR s.search LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))));
