-- name: Lease :one
SELECT claim, state, expires_ms FROM lease
WHERE one = 1;

-- name: SetLease :exec
UPDATE lease SET state = @state, expires_ms = @expires_ms
WHERE one = 1;

-- name: KeepClaim :exec
UPDATE lease SET claim = @claim
WHERE one = 1;
