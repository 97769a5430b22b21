-- name: PutSetting :exec
INSERT INTO setting (key, value, travels) VALUES (@key, @value, @travels)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, travels = excluded.travels;

-- name: RemoveSetting :execrows
DELETE FROM setting WHERE key = @key;

-- name: Settings :many
SELECT key, value FROM setting ORDER BY key;
