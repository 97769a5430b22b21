-- name: AddSchedule :exec
INSERT INTO report_schedule (id, account_id, asked, every, weekday, hour, recipients, next_at, created_at)
VALUES (@id, @account_id, @asked, @every, @weekday, @hour, @recipients::text[], @next_at, @created_at);

-- name: Schedules :many
SELECT * FROM report_schedule ORDER BY created_at, id;

-- name: RemoveSchedule :execrows
DELETE FROM report_schedule WHERE id = @id;

-- name: DueSchedules :many
-- Those that are due; another replica takes others.
SELECT * FROM report_schedule s WHERE s.next_at <= @at
  AND EXISTS (SELECT FROM account a WHERE a.id = s.account_id AND a.archived_at IS NULL)
ORDER BY s.next_at, s.id LIMIT @most FOR UPDATE SKIP LOCKED;

-- name: MoveSchedule :exec
UPDATE report_schedule SET last_at = next_at, next_at = @next_at WHERE id = @id;
