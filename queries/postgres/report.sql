-- name: AddReport :exec
INSERT INTO report (id, account_id, asked, asked_at, recipients) VALUES (@id, @account_id, @asked, @asked_at, @recipients::text[]);

-- name: Report :one
SELECT * FROM report WHERE id = @id AND account_id = @account_id;

-- name: ReportFile :one
-- The file that goes with a mail.
SELECT name, size FROM report WHERE id = @id AND state = 'done';

-- name: Reports :many
SELECT * FROM report WHERE account_id = @account_id ORDER BY asked_at DESC, id LIMIT 100;

-- name: BeginReport :one
-- Every try has a number of its own; one that was overtaken writes nothing more.
UPDATE report SET state = 'running', try = try + 1, progress = 0, trouble = ''
WHERE id = @id AND state IN ('queued', 'running')
RETURNING *;

-- name: DropReportParts :exec
DELETE FROM report_part WHERE report_id = @report_id;

-- name: AddReportPart :execrows
INSERT INTO report_part (report_id, part, body)
SELECT r.id, @part::integer, @body::bytea FROM report r WHERE r.id = @id AND r.try = @try AND r.state = 'running' FOR SHARE;

-- name: MoveReport :exec
UPDATE report SET progress = @progress WHERE id = @id AND try = @try AND state = 'running';

-- name: FinishReport :execrows
UPDATE report SET state = 'done', progress = 100, name = @name, size = @size, done_at = @at
WHERE id = @id AND try = @try AND state = 'running';

-- name: FailReport :execrows
UPDATE report SET state = 'failed', trouble = @trouble, done_at = @at
WHERE id = @id AND try = @try AND state = 'running';

-- name: ReportPart :one
SELECT body FROM report_part WHERE report_id = @report_id AND part = @part;

-- name: ForgetReports :exec
DELETE FROM report WHERE asked_at < @before;
