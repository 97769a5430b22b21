-- name: FeedHash :one
SELECT hash FROM feed_row
WHERE kind = @kind AND key = @key;

-- name: PutFeedHash :exec
INSERT INTO feed_row (kind, key, hash)
VALUES (@kind, @key, @hash)
ON CONFLICT (kind, key) DO UPDATE SET hash = excluded.hash;

-- name: DropFeedHash :exec
DELETE FROM feed_row WHERE kind = @kind AND key = @key;

-- name: DropFeedHashes :exec
DELETE FROM feed_row;

-- name: Settings :many
SELECT name, value FROM setting ORDER BY name;

-- name: PutSetting :exec
INSERT INTO setting (name, value)
VALUES (@name, @value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: DropSetting :exec
DELETE FROM setting WHERE name = @name;

-- name: DropSettings :exec
DELETE FROM setting;
