-- name: AddImport :exec
INSERT INTO import (id, kind, file_name, state, shape, options, created_by, created_at, worked_at, new_rows, changed_rows, same_rows, error_rows)
VALUES (@id, @kind, @file_name, @state, @shape, @options, @created_by, @created_at, @created_at, @new_rows, @changed_rows, @same_rows, @error_rows);

-- name: AddImportRows :copyfrom
INSERT INTO import_row (import_id, line, action, progress, keys, entity_id, row_values, changes, faults, before, sealed)
VALUES (@import_id, @line, @action, @progress, @keys, @entity_id, @row_values, @changes, @faults, @before, @sealed);

-- name: ImportByID :one
SELECT * FROM import WHERE id = @id;

-- name: LockImport :one
SELECT * FROM import WHERE id = @id FOR UPDATE;

-- name: ImportPage :many
SELECT * FROM import
WHERE @first::boolean OR (created_at, id) < (SELECT b.created_at, b.id FROM import b WHERE b.id = @before)
ORDER BY created_at DESC, id DESC LIMIT @most;

-- name: LastMapping :one
SELECT options FROM import WHERE kind = @kind AND options ? 'mapping' ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: ImportRows :many
SELECT * FROM import_row
WHERE import_id = @import_id AND line > @after::int AND (@action::text = '' OR action = @action) AND (@progress::text = '' OR progress = @progress)
ORDER BY line LIMIT @most;

-- name: ImportWork :many
SELECT * FROM import_row
WHERE import_id = @import_id AND action IN ('new', 'changed') AND progress = 'waiting'
ORDER BY line LIMIT @most;

-- name: ImportUnwork :many
SELECT * FROM import_row
WHERE import_id = @import_id AND action IN ('new', 'changed') AND progress = 'done'
ORDER BY line DESC LIMIT @most;

-- name: ImportLines :many
SELECT * FROM import_row WHERE import_id = @import_id AND line = ANY(@lines::int[]) ORDER BY line;

-- name: ImportNeighbours :many
SELECT * FROM import_row WHERE import_id = @import_id AND keys && @keys::text[] ORDER BY line;

-- name: PutImportRow :batchexec
UPDATE import_row SET action = @action, progress = @progress, keys = @keys, entity_id = @entity_id, row_values = @row_values,
    changes = @changes, faults = @faults, before = @before, digest = @digest, sealed = @sealed, why = @why, done_at = @done_at
WHERE import_id = @import_id AND line = @line;

-- name: PutImport :exec
UPDATE import SET state = @state, worked_at = @worked_at, applied_at = @applied_at, undone_at = @undone_at,
    new_rows = @new_rows, changed_rows = @changed_rows, same_rows = @same_rows, error_rows = @error_rows, done_rows = @done_rows,
    refused_rows = @refused_rows, undone_rows = @undone_rows, archived_rows = @archived_rows, kept_rows = @kept_rows
WHERE id = @id;

-- name: StalledImports :many
SELECT id FROM import WHERE state IN ('applying', 'undoing') AND worked_at < @since ORDER BY worked_at, id;

-- name: DropOldImports :execrows
-- Their rows go with them: names and addresses of long ago.
DELETE FROM import WHERE created_at < @before AND state NOT IN ('uploaded', 'applying', 'undoing');

-- name: ForgetImports :exec
DELETE FROM import WHERE state = 'uploaded' AND worked_at < @before;

-- name: StudentsNumbered :many
SELECT s.* FROM student s WHERE s.university_roll <> '' AND upper(s.university_roll) IN (SELECT upper(unnest(@rolls::text[])))
UNION
SELECT s.* FROM student s WHERE s.enrolment_no <> '' AND upper(s.enrolment_no) IN (SELECT upper(unnest(@enrolments::text[])))
ORDER BY id;

-- name: CoursesCoded :many
SELECT * FROM course WHERE archived_at IS NULL AND lower(code) IN (SELECT lower(unnest(@codes::text[]))) ORDER BY id;

-- name: TeachersCoded :many
SELECT * FROM teacher WHERE archived_at IS NULL AND code <> '' AND lower(code) IN (SELECT lower(unnest(@codes::text[]))) ORDER BY id;

-- name: TermsToImport :many
SELECT * FROM term WHERE archived_at IS NULL ORDER BY name, id;

-- name: EnrolmentsToImport :many
SELECT e.*, s.name FROM enrolment e JOIN student s ON s.id = e.student_id WHERE e.course_id = ANY(@course_ids::uuid[]) ORDER BY e.from_at, e.id;

-- name: TeachingsToImport :many
SELECT * FROM teaching WHERE course_id = ANY(@course_ids::uuid[]) AND to_at IS NULL ORDER BY id;

-- name: ImportedStudents :many
SELECT * FROM student WHERE id = ANY(@ids::uuid[]) ORDER BY id;

-- name: ImportedEnrolments :many
SELECT * FROM enrolment WHERE id = ANY(@ids::uuid[]) ORDER BY id;

-- name: EnrolmentsCounted :many
-- Enrolments in whose time the student has a mark in the course.
SELECT e.id FROM enrolment e
WHERE e.id = ANY(@ids::uuid[]) AND EXISTS (
    SELECT FROM standing st JOIN session se ON se.id = st.session_id
    WHERE st.student_id = e.student_id AND se.course_id = e.course_id
      AND se.closes_at >= e.from_at AND (e.to_at IS NULL OR se.opened_at < e.to_at))
ORDER BY e.id;

-- name: LastWritten :many
SELECT DISTINCT ON (entity_id) entity_id, row_values FROM import_row
WHERE entity_id = ANY(@ids::uuid[]) AND progress = 'done' ORDER BY entity_id, done_at DESC;
