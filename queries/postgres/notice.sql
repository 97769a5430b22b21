-- name: Told :many
SELECT DISTINCT ON (student_id) id, student_id, band, through_at FROM notice
WHERE course_id = @course_id AND closed_at IS NULL AND mail_id IS NOT NULL
ORDER BY student_id, created_at DESC, id DESC;

-- name: Awaited :many
-- Sessions of a course whose register may still be filled. A pendrive that held a
-- class of the course lately may hold marks of any of them.
SELECT se.id FROM session se
WHERE se.course_id = @course_id AND NOT se.voided AND (
    se.closed_at IS NULL
    OR EXISTS (SELECT FROM inbox i WHERE i.session_id = se.id AND i.resolved_at IS NULL)
    OR se.closes_at > @since::timestamptz AND EXISTS (
        SELECT FROM session near JOIN node n ON n.id = near.node_id
        WHERE near.course_id = @course_id AND near.opened_at > @since AND n.kind = 'edge' AND n.revoked_at IS NULL
          AND (n.last_seen_at IS NULL OR n.last_seen_at < se.closes_at OR n.waiting > 0)))
ORDER BY se.id;

-- name: DropUnsent :exec
DELETE FROM notice WHERE course_id = @course_id AND mail_id IS NULL;

-- name: AddNotice :exec
INSERT INTO notice (id, student_id, course_id, corrects, band, tally, percent, needed, through_at, created_at)
VALUES (@id, @student_id, @course_id, @corrects, @band, @tally, @percent, @needed, @through_at, @created_at);

-- name: CloseNotices :exec
UPDATE notice SET closed_at = @at WHERE id = ANY(@ids::uuid[]) AND closed_at IS NULL;

-- name: Warned :many
-- Students with something to be told, who have an address and did not refuse.
SELECT DISTINCT n.student_id FROM notice n JOIN student s ON s.id = n.student_id
WHERE n.mail_id IS NULL AND s.archived_at IS NULL AND (s.email <> '' OR s.email2 <> '')
  AND NOT EXISTS (SELECT FROM mail_refusal r WHERE r.student_id = n.student_id)
ORDER BY n.student_id LIMIT @most;

-- name: Unsent :many
-- Of one student; others that would write the same wait.
SELECT n.id, n.course_id, n.corrects, n.band, n.tally, n.percent, n.needed, n.through_at,
    c.code, c.name AS course_name, s.name AS student_name, s.email, s.email2,
    coalesce(o.percent, 0)::double precision AS old_percent, coalesce(o.band, '') AS old_band
FROM notice n JOIN student s ON s.id = n.student_id JOIN course c ON c.id = n.course_id
LEFT JOIN notice o ON o.id = n.corrects
WHERE n.student_id = @student_id AND n.mail_id IS NULL
ORDER BY c.code, n.created_at, n.id
FOR UPDATE OF n SKIP LOCKED;

-- name: MailNotices :exec
UPDATE notice SET mail_id = @mail_id WHERE id = ANY(@ids::uuid[]);

-- name: RefuseMail :exec
INSERT INTO mail_refusal (student_id, since) VALUES (@student_id, @since) ON CONFLICT DO NOTHING;

-- name: AcceptMail :exec
DELETE FROM mail_refusal WHERE student_id = @student_id;

-- name: MailRefused :one
SELECT EXISTS (SELECT FROM mail_refusal WHERE student_id = @student_id) AS refused;
