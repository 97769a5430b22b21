-- name: Phones :many
SELECT * FROM phone
ORDER BY id;

-- name: PutPhone :exec
INSERT INTO phone (id, hash, agent, address, paired_ms, seen_ms, until_ms)
VALUES (@id, @hash, @agent, @address, @paired_ms, @seen_ms, @until_ms);

-- name: SeePhone :exec
UPDATE phone SET address = @address, seen_ms = @seen_ms
WHERE id = @id;

-- name: DropPhone :execrows
DELETE FROM phone
WHERE id = @id;
