-- name: RosterHead :one
-- horizon is the oldest transaction that may still commit.
SELECT rev, generation, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon FROM roster_head;

-- name: BumpRoster :one
UPDATE roster_head SET rev = rev + 1 RETURNING rev;

-- name: RecordChanges :exec
WITH said AS (
    SELECT DISTINCT unnest(@kinds::text[]) AS kind, unnest(@keys::text[]) AS key, unnest(@course_ids::uuid[]) AS course_id
)
INSERT INTO roster_change (kind, key, course_id, rev)
SELECT said.kind, said.key, said.course_id, @rev::bigint FROM said ORDER BY 1, 2, 3
ON CONFLICT (kind, key, coalesce(course_id, '00000000-0000-0000-0000-000000000000')) DO UPDATE SET rev = excluded.rev;

-- name: RecordStudents :exec
-- A person is in the scope of each of their courses.
INSERT INTO roster_change (kind, key, course_id, rev)
SELECT DISTINCT 'student', e.student_id::text, e.course_id, @rev::bigint FROM enrolment e
WHERE e.student_id = ANY(@student_ids::uuid[]) ORDER BY 1, 2, 3
ON CONFLICT (kind, key, coalesce(course_id, '00000000-0000-0000-0000-000000000000')) DO UPDATE SET rev = excluded.rev;

-- name: RecordTeachers :exec
INSERT INTO roster_change (kind, key, course_id, rev)
SELECT DISTINCT 'teacher', t.teacher_id::text, t.course_id, @rev::bigint FROM teaching t
WHERE t.teacher_id = ANY(@teacher_ids::uuid[]) ORDER BY 1, 2, 3
ON CONFLICT (kind, key, coalesce(course_id, '00000000-0000-0000-0000-000000000000')) DO UPDATE SET rev = excluded.rev;

-- name: Scopes :many
-- Where a row that is about to go was to be seen.
SELECT course_id FROM roster_change WHERE kind = @kind AND key = @key ORDER BY course_id;

-- name: Changes :many
-- The changes after a revision, in whole revisions: as many as hold @most changes,
-- but at least one.
WITH ours AS (
    SELECT c.rev, c.kind, c.key FROM roster_change c
    WHERE c.rev > @since AND (c.course_id IS NULL OR @all_courses::boolean OR c.course_id = ANY(@course_ids::uuid[]))
), sized AS (
    SELECT ours.rev, sum(count(*)) OVER (ORDER BY ours.rev) AS through FROM ours GROUP BY ours.rev
), page AS (
    SELECT coalesce(max(sized.rev) FILTER (WHERE sized.through <= @most::bigint), min(sized.rev)) AS rev FROM sized
)
SELECT DISTINCT ours.rev, ours.kind, ours.key FROM ours, page WHERE ours.rev <= page.rev ORDER BY ours.rev, ours.kind, ours.key;

-- name: AnyChanges :one
-- Do more follow?
SELECT EXISTS (SELECT FROM roster_change c
    WHERE c.rev > @since AND (c.course_id IS NULL OR @all_courses::boolean OR c.course_id = ANY(@course_ids::uuid[])))::boolean;

-- name: FeedCourses :many
SELECT * FROM course WHERE id = ANY(@course_ids::uuid[]) ORDER BY id;

-- name: FeedTeachings :many
SELECT * FROM teaching WHERE course_id = ANY(@course_ids::uuid[]) ORDER BY id;

-- name: FeedTeachers :many
SELECT p.* FROM teacher p
WHERE EXISTS (SELECT FROM teaching t WHERE t.teacher_id = p.id AND t.course_id = ANY(@course_ids::uuid[]))
ORDER BY p.id;

-- name: FeedEnrolments :many
SELECT * FROM enrolment WHERE course_id = ANY(@course_ids::uuid[]) ORDER BY id;

-- name: FeedStudents :many
SELECT s.id, s.name, s.university_roll, s.enrolment_no FROM student s
WHERE EXISTS (SELECT FROM enrolment e WHERE e.student_id = s.id AND e.course_id = ANY(@course_ids::uuid[]))
ORDER BY s.id;

-- name: FeedSettings :many
SELECT * FROM setting WHERE travels ORDER BY key;

-- name: FeedFacts :many
-- In the order of transactions, and in each by ord, so that a session comes before
-- its marks. Rows of transactions that may still commit are not passed over: everything
-- below the snapshot's xmin is settled. A node knows what it made itself, unless
-- it starts from nothing, or the cloud first kept the fact aside or made it in its name.
SELECT f.id, f.body, f.effective_at, f.ord, f.stored_xid::text AS stored_xid
FROM fact f JOIN session s ON s.id = f.session_id
WHERE (f.stored_xid, f.ord, f.id) > (@xid::xid8, @ord::bigint, coalesce(@after::uuid, '00000000-0000-0000-0000-000000000000'))
  AND f.stored_xid < pg_snapshot_xmin(pg_current_snapshot())
  AND s.course_id = ANY(@course_ids::uuid[])
  AND (@own::boolean OR f.node_id <> @node_id OR f.incarnation IS NULL OR EXISTS (SELECT FROM inbox i WHERE i.fact_id = f.id))
ORDER BY f.stored_xid, f.ord, f.id LIMIT @most;

-- name: Home :one
SELECT home, whereabouts() AS here FROM roster_head;

-- name: MoveIn :exec
-- The database was restored or copied. Its revisions and transaction numbers go
-- on from another count, so no cursor that was handed out before means anything.
UPDATE roster_head SET home = @home, generation = gen_random_uuid();

-- name: RestampFacts :exec
UPDATE fact SET stored_xid = pg_current_xact_id();

-- name: KeepHome :exec
UPDATE roster_head SET home = @home;

-- name: TellSessions :many
-- Also notes which courses' counts lack something now: those of sessions that are
-- over, or were counted as such. One statement, for a tap in class pays for it.
WITH noted AS (
    INSERT INTO stale (course_id)
    SELECT DISTINCT s.course_id FROM session s
    WHERE s.id = ANY(@ids::uuid[])
      AND (s.closed_at IS NOT NULL OR s.closes_at <= @now::timestamptz OR EXISTS (SELECT FROM session_count c WHERE c.session_id = s.id))
    RETURNING course_id
), told AS MATERIALIZED (
    SELECT count(pg_notify('arise_live', t.id::text)) AS n FROM (SELECT unnest(@ids::uuid[]) AS id) t
)
SELECT noted.course_id FROM told LEFT JOIN noted ON told.n >= 0 WHERE noted.course_id IS NOT NULL ORDER BY noted.course_id;
