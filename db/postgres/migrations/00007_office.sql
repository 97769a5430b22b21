-- What the office looks up and lists.

-- +goose Up
-- Who answers for a course. Whoever may hold it is in teaching, its main teacher
-- among them.
ALTER TABLE course ADD COLUMN teacher_id uuid REFERENCES teacher;
UPDATE course SET teacher_id = (SELECT t.teacher_id FROM teaching t WHERE t.course_id = course.id AND t.to_at IS NULL
                                ORDER BY t.from_at, t.id LIMIT 1);
CREATE INDEX course_teacher ON course (teacher_id);

-- A page of students in either order begins where the last one ended.
CREATE INDEX student_by_name ON student (lower(name), id);
CREATE INDEX student_by_roll ON student (upper(university_roll), id);

-- Does anything refer to this person? Else each one that goes reads the register.
CREATE INDEX session_teacher ON session (teacher_id);
CREATE INDEX fact_student ON fact (student_id) WHERE student_id IS NOT NULL;

-- +goose Down
DROP INDEX fact_student;
DROP INDEX session_teacher;
DROP INDEX student_by_roll;
DROP INDEX student_by_name;
ALTER TABLE course DROP COLUMN teacher_id;
