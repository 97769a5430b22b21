-- name: AddLogin :exec
INSERT INTO login (id, person_id, role, created_at, last_seen_at, expires_at, agent, address)
VALUES (@id, @person_id, @role, @created_at, @created_at, @expires_at, @agent, @address);

-- name: OpenLogin :one
-- Somebody who was archived is signed in nowhere.
SELECT l.person_id, l.role, l.last_seen_at, coalesce(a.must_change, s.must_change, false) AS must_change
FROM login l
LEFT JOIN account a ON l.role = 'admin' AND a.id = l.person_id AND a.archived_at IS NULL
LEFT JOIN teacher t ON l.role = 'teacher' AND t.id = l.person_id AND t.archived_at IS NULL
LEFT JOIN student s ON l.role = 'student' AND s.id = l.person_id AND s.archived_at IS NULL
WHERE l.id = @id AND l.revoked_at IS NULL AND l.expires_at > @at AND coalesce(a.id, t.id, s.id) IS NOT NULL;

-- name: SeeLogin :exec
UPDATE login SET last_seen_at = @at WHERE id = @id AND last_seen_at < @at;

-- name: Logins :many
SELECT * FROM login WHERE person_id = @person_id AND role = @role AND revoked_at IS NULL AND expires_at > @at
ORDER BY created_at DESC, id;

-- name: EndLogin :execrows
UPDATE login SET revoked_at = @at
WHERE id = @id AND person_id = @person_id AND revoked_at IS NULL AND expires_at > @at;

-- name: EndLogins :exec
UPDATE login SET revoked_at = @at WHERE person_id = @person_id AND id IS DISTINCT FROM @but::uuid AND revoked_at IS NULL;

-- name: ForgetLogins :exec
DELETE FROM login WHERE expires_at < @before;
