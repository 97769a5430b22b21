-- name: AddToken :exec
INSERT INTO token (id, name, scopes, hash, created_by, created_at, expires_at)
VALUES (@id, @name, @scopes, @hash, @created_by, @created_at, @expires_at);

-- name: Tokens :many
SELECT id, name, scopes, created_by, created_at, expires_at, last_used_at FROM token
WHERE revoked_at IS NULL AND expires_at > @at ORDER BY created_at DESC, id;

-- name: OpenToken :one
SELECT id, name, scopes, created_by, created_at, expires_at, last_used_at FROM token
WHERE hash = @hash AND revoked_at IS NULL AND expires_at > @at;

-- name: SeeToken :exec
UPDATE token SET last_used_at = @at WHERE id = @id;

-- name: RevokeToken :execrows
UPDATE token SET revoked_at = @at WHERE id = @id AND revoked_at IS NULL AND expires_at > @at;
