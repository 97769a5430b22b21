-- name: NoteStale :exec
INSERT INTO stale (course_id) SELECT c.id FROM course c WHERE c.id = ANY(@course_ids::uuid[]) ORDER BY c.id;

-- name: Stale :many
SELECT id FROM stale WHERE course_id = @course_id ORDER BY id;

-- name: DropStale :exec
DELETE FROM stale WHERE id = ANY(@ids::bigint[]);

-- name: Uncounted :many
-- Courses whose counts lack something, or will never be told: a class that nobody
-- ended and whose time was up by settled_by, or an enrolment that began or ended by
-- itself.
SELECT c.course_id FROM (
    SELECT s.course_id FROM stale s
    UNION
    SELECT n.course_id FROM course_count n WHERE n.enrolled_until IS NOT NULL AND n.enrolled_until <= @at::timestamptz
    UNION
    SELECT se.course_id FROM session se
    WHERE se.closed_at IS NULL AND NOT se.voided AND se.closes_at <= @settled_by::timestamptz
      AND NOT EXISTS (SELECT FROM session_count n WHERE n.session_id = se.id)
) c ORDER BY c.course_id;

-- name: PutCourseCount :exec
-- The first write of a count: of two that count one course at once, the second fails
-- here and begins again.
INSERT INTO course_count (course_id, policy, counted_at, sessions, online, expected, present, late, absent, excused, duty, enrolled, enrolled_until)
VALUES (@course_id, @policy, @counted_at, @sessions, @online, @expected, @present, @late, @absent, @excused, @duty, @enrolled, @enrolled_until)
ON CONFLICT (course_id) DO UPDATE SET policy = excluded.policy, counted_at = excluded.counted_at, sessions = excluded.sessions,
    online = excluded.online, expected = excluded.expected, present = excluded.present, late = excluded.late,
    absent = excluded.absent, excused = excluded.excused, duty = excluded.duty,
    enrolled = excluded.enrolled, enrolled_until = excluded.enrolled_until;

-- name: PutStrip :exec
INSERT INTO strip (course_id, sessions, members, bands, cells) VALUES (@course_id, @sessions, @members, @bands, @cells)
ON CONFLICT (course_id) DO UPDATE SET sessions = excluded.sessions, members = excluded.members, bands = excluded.bands, cells = excluded.cells
WHERE strip IS DISTINCT FROM excluded;

-- name: DropSessionCounts :exec
DELETE FROM session_count WHERE course_id = @course_id AND session_id <> ALL(@but::uuid[]);

-- name: PutSessionCounts :exec
-- Most are as they were: those are not written.
INSERT INTO session_count (session_id, course_id, ord, opened_at, kind, expected, present, late, absent, excused, duty)
SELECT unnest(@session_ids::uuid[]), @course_id, unnest(@ords::integer[]), unnest(@opened_ats::timestamptz[]),
    unnest(@kinds::text[]), unnest(@expecteds::integer[]), unnest(@presents::integer[]), unnest(@lates::integer[]),
    unnest(@absents::integer[]), unnest(@excuseds::integer[]), unnest(@dutys::integer[])
ON CONFLICT (session_id) DO UPDATE SET course_id = excluded.course_id, ord = excluded.ord, opened_at = excluded.opened_at,
    kind = excluded.kind, expected = excluded.expected, present = excluded.present, late = excluded.late,
    absent = excluded.absent, excused = excluded.excused, duty = excluded.duty
WHERE session_count IS DISTINCT FROM excluded;

-- name: DropStudentCounts :exec
DELETE FROM student_count WHERE course_id = @course_id AND student_id <> ALL(@but::uuid[]);

-- name: PutStudentCounts :exec
INSERT INTO student_count (course_id, student_id, present, late, absent, excused, duty, current_streak, longest_streak, missed, band, cells, enrolled)
SELECT @course_id, unnest(@student_ids::uuid[]), unnest(@presents::integer[]), unnest(@lates::integer[]),
    unnest(@absents::integer[]), unnest(@excuseds::integer[]), unnest(@dutys::integer[]), unnest(@currents::integer[]),
    unnest(@longests::integer[]), unnest(@misseds::integer[]), unnest(@bands::text[]), unnest(@cells::text[]), unnest(@enrolleds::text[])::tstzmultirange
ON CONFLICT (course_id, student_id) DO UPDATE SET present = excluded.present, late = excluded.late, absent = excluded.absent,
    excused = excluded.excused, duty = excluded.duty, current_streak = excluded.current_streak,
    longest_streak = excluded.longest_streak, missed = excluded.missed, band = excluded.band, cells = excluded.cells, enrolled = excluded.enrolled
WHERE student_count IS DISTINCT FROM excluded;

-- name: NoteAll :execrows
INSERT INTO stale (course_id) SELECT id FROM course;

-- name: SessionIDs :many
SELECT id FROM session WHERE id > coalesce(@after::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY id LIMIT @most;

-- name: Lacks :one
-- Whether a course's count lacks something, as in Pending.
SELECT (NOT EXISTS (SELECT FROM course_count k WHERE k.course_id = @course_id)
    OR EXISTS (SELECT FROM stale x WHERE x.course_id = @course_id)
    OR EXISTS (SELECT FROM session se WHERE se.course_id = @course_id AND se.closed_at IS NULL AND NOT se.voided
        AND se.closes_at <= @at::timestamptz AND NOT EXISTS (SELECT FROM session_count m WHERE m.session_id = se.id)))::boolean AS lacks;

-- name: SessionCounts :many
SELECT session_id, opened_at, kind, expected, present, late, absent, excused, duty FROM session_count
WHERE course_id = @course_id ORDER BY ord;

-- name: StudentCounts :many
SELECT student_id, present, late, absent, excused, duty, current_streak, longest_streak, missed, band, cells FROM student_count
WHERE course_id = @course_id ORDER BY student_id;
