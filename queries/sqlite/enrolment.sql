-- name: Roster :many
SELECT e.student_id, e.course_id, e.roll, e.from_ms, e.to_ms, s.name, s.university_roll, s.enrolment_no
FROM enrolment AS e
JOIN student AS s ON s.id = e.student_id
WHERE e.course_id = @course_id AND e.hidden = 0
ORDER BY e.roll, e.from_ms, e.id;

-- name: PutStudent :exec
INSERT INTO student (id, name, university_roll, enrolment_no)
VALUES (@id, @name, @university_roll, @enrolment_no)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, university_roll = excluded.university_roll,
    enrolment_no = excluded.enrolment_no, hidden = 0;

-- name: HideStudent :exec
UPDATE student SET hidden = 1 WHERE id = @id;

-- name: HideStudents :exec
UPDATE student SET hidden = 1;

-- name: PutEnrolment :exec
INSERT INTO enrolment (id, course_id, student_id, roll, from_ms, to_ms)
VALUES (@id, @course_id, @student_id, @roll, @from_ms, @to_ms)
ON CONFLICT (id) DO UPDATE SET
    course_id = excluded.course_id, student_id = excluded.student_id, roll = excluded.roll,
    from_ms = excluded.from_ms, to_ms = excluded.to_ms, hidden = 0;

-- name: HideEnrolment :exec
UPDATE enrolment SET hidden = 1 WHERE id = @id;

-- name: HideEnrolments :exec
UPDATE enrolment SET hidden = 1;
