-- name: AddMail :execrows
INSERT INTO mail (id, kind, effect, student_id, recipients, subject, body, report_id, created_at)
VALUES (@id, @kind, @effect, @student_id, @recipients::text[], @subject, @body, @report_id, @created_at)
ON CONFLICT (effect) DO NOTHING;

-- name: TakeMail :one
-- For whoever sends it now. One that is being sent already was left there by a
-- server that was killed: whether it left is not known.
UPDATE mail SET attempts = attempts + 1,
    state = CASE WHEN state = 'queued' THEN 'sending' ELSE 'unsure' END,
    error = CASE WHEN state = 'queued' THEN '' ELSE 'the server stopped while sending: it may have left' END
WHERE id = @id AND state IN ('queued', 'sending')
RETURNING *;

-- name: MailDone :exec
UPDATE mail SET state = @state, error = @error, sent_at = @sent_at WHERE id = @id AND state = 'sending';

-- name: RequeueMail :execrows
UPDATE mail SET state = 'queued', error = '' WHERE id = @id AND state IN ('failed', 'unsure');

-- name: Mail :one
SELECT * FROM mail WHERE id = @id;

-- name: Mails :many
-- Newest first, after a place in the list.
SELECT * FROM mail
WHERE (@state::text = '' OR state = @state) AND (@student_id::uuid IS NULL OR student_id = @student_id)
  AND (created_at, id) < (@before_at::timestamptz, coalesce(@before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY created_at DESC, id DESC LIMIT @most;

-- name: BlankMails :exec
-- What was written is personal; that something was written stays in the log.
UPDATE mail SET body = '' WHERE created_at < @before AND body <> '' AND state <> 'queued';

-- name: ForgetMails :exec
DELETE FROM mail m WHERE m.created_at < @before AND NOT EXISTS (SELECT FROM notice n WHERE n.mail_id = m.id);
