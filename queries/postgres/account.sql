-- name: Account :one
SELECT * FROM account WHERE id = @id AND archived_at IS NULL;

-- name: AccountNamed :one
SELECT * FROM account WHERE lower(username) = lower(@username) AND archived_at IS NULL;

-- name: Accounts :many
SELECT * FROM account WHERE archived_at IS NULL ORDER BY lower(username), id;

-- name: LockAccounts :many
-- Whoever takes an account away must see what others take away.
SELECT id FROM account WHERE archived_at IS NULL ORDER BY id FOR UPDATE;

-- name: AddAccount :exec
INSERT INTO account (id, username, password_hash, created_at, must_change)
VALUES (@id, @username, @password_hash, @created_at, @must_change);

-- name: SetPassword :execrows
UPDATE account SET password_hash = @password_hash, must_change = false WHERE id = @id AND archived_at IS NULL;

-- name: RehashAccount :exec
-- Unless it was changed meanwhile. Of the original's, the password may be the one that
-- every installation began with.
UPDATE account SET password_hash = @fresh, must_change = must_change OR @original::boolean WHERE id = @id AND password_hash = @stale;

-- name: ResetPassword :execrows
-- Somebody else made the password.
UPDATE account SET password_hash = @password_hash, must_change = true WHERE id = @id AND archived_at IS NULL;

-- name: ArchiveAccount :exec
UPDATE account SET archived_at = coalesce(archived_at, @at) WHERE id = @id;

-- name: OfferSetup :exec
INSERT INTO setup (token_hash, expires_at) VALUES (@token_hash, @expires_at);

-- name: TakeSetup :execrows
DELETE FROM setup WHERE token_hash = @token_hash AND expires_at > @at;

-- name: EndSetups :exec
DELETE FROM setup;

-- name: AwaitSetup :exec
-- First accounts are made one after another.
SELECT pg_advisory_xact_lock(hashtextextended('arise first account ' || current_schema(), 0));
