-- name: Devices :many
SELECT * FROM device ORDER BY name, id;

-- name: Device :one
-- Who reads it so makes others wait who read it so.
SELECT * FROM device WHERE id = @id FOR NO KEY UPDATE;

-- name: PutDevice :exec
INSERT INTO device (id, name, room, course_id, legacy, revoked_at, mac, address, told_id, settled, served_id, seen_at, battery, signal, queue, synced, firmware, oldest_s, capacity, templates, map_version, clock_ms)
VALUES (@id, @name, @room, @course_id, @legacy, @revoked_at, @mac, @address, @told_id, @settled, @served_id, @seen_at, @battery, @signal, @queue, @synced, @firmware, @oldest_s, @capacity, @templates, @map_version, @clock_ms)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, room = excluded.room, course_id = excluded.course_id, legacy = excluded.legacy,
    revoked_at = excluded.revoked_at,
    mac = excluded.mac, address = excluded.address, told_id = excluded.told_id, settled = excluded.settled, served_id = excluded.served_id,
    seen_at = excluded.seen_at, battery = excluded.battery, signal = excluded.signal, queue = excluded.queue, synced = excluded.synced,
    firmware = excluded.firmware, oldest_s = excluded.oldest_s, capacity = excluded.capacity, templates = excluded.templates, map_version = excluded.map_version, clock_ms = excluded.clock_ms;

-- name: NoteDevice :exec
-- What a scanner says; the rest is the office's.
UPDATE device SET mac = @mac, address = @address, told_id = @told_id, settled = @settled, served_id = @served_id,
    seen_at = @seen_at, battery = @battery, signal = @signal, queue = @queue, synced = @synced,
    firmware = @firmware, oldest_s = @oldest_s, capacity = @capacity, templates = @templates, map_version = @map_version, clock_ms = @clock_ms
WHERE id = @id;

-- name: AddDevice :exec
INSERT INTO device (id, name, mac, room, course_id, legacy) VALUES (@id, @name, @mac, @room, @course_id, @legacy);

-- name: ChangeDevice :execrows
-- What the office says; the rest is the scanner's.
UPDATE device SET name = @name, mac = @mac, room = @room, course_id = @course_id, legacy = @legacy WHERE id = @id;

-- name: PairedDevices :many
-- One, or all that were not shut out, or all.
SELECT sqlc.embed(d), k.paired_at, k.rotated_at, (k.next_sealed IS NOT NULL)::boolean AS rotating, p.expires_at AS code_until
FROM device d
LEFT JOIN device_key k ON k.device_id = d.id
LEFT JOIN pairing p ON p.device_id = d.id AND p.attempt_id IS NULL AND p.expires_at > @at AND p.tries < @most_tries
WHERE (@id::uuid IS NULL OR d.id = @id::uuid) AND (@id::uuid IS NOT NULL OR @revoked::boolean OR d.revoked_at IS NULL)
ORDER BY d.name, d.id;

-- name: RevokeDevice :execrows
UPDATE device SET revoked_at = coalesce(revoked_at, @at) WHERE id = @id;

-- name: DropDeviceKey :exec
DELETE FROM device_key WHERE device_id = @device_id;

-- name: DropPairing :exec
DELETE FROM pairing WHERE device_id = @device_id;

-- name: OfferPairing :exec
INSERT INTO pairing (device_id, selector, code_hash, expires_at) VALUES (@device_id, @selector, @code_hash, @expires_at)
ON CONFLICT (device_id) DO UPDATE SET selector = excluded.selector, code_hash = excluded.code_hash,
    expires_at = excluded.expires_at, tries = 0, attempt_id = NULL;

-- name: ForgetPairings :exec
-- Their selectors are free again.
DELETE FROM pairing WHERE expires_at <= @at;

-- name: TryPairing :one
-- Counted before the code is compared, so that many at once gain nothing.
UPDATE pairing SET tries = tries + 1 WHERE selector = @selector AND expires_at > @at AND tries < @most_tries
RETURNING device_id, code_hash;

-- name: LockPairing :one
SELECT * FROM pairing WHERE device_id = @device_id FOR UPDATE;

-- name: TakePairing :exec
-- Gives the try back.
UPDATE pairing SET attempt_id = @attempt_id, tries = tries - 1 WHERE device_id = @device_id;

-- name: PairDevice :one
UPDATE device SET revoked_at = NULL, legacy = false, firmware = @firmware WHERE id = @id RETURNING *;

-- name: PutDeviceKey :exec
INSERT INTO device_key (device_id, sealed, paired_at) VALUES (@device_id, @sealed, @paired_at)
ON CONFLICT (device_id) DO UPDATE SET sealed = excluded.sealed, paired_at = excluded.paired_at,
    next_sealed = NULL, salt = NULL, rotated_at = NULL, floor = 0;

-- name: DeviceKey :one
SELECT d.name, d.revoked_at, k.sealed, k.next_sealed, k.salt
FROM device d LEFT JOIN device_key k ON k.device_id = d.id WHERE d.id = @id;

-- name: LockDeviceKey :one
SELECT * FROM device_key WHERE device_id = @device_id FOR UPDATE;

-- name: RotateDeviceKey :exec
UPDATE device_key SET next_sealed = @next_sealed, salt = @salt WHERE device_id = @device_id;

-- name: AdvanceDevice :execrows
-- Unless its key was changed, or the nonce is not above the last.
UPDATE device_key SET floor = @nonce WHERE device_id = @device_id AND sealed = @kept AND floor < @nonce;

-- name: TurnDeviceKey :execrows
-- The same for one that uses its next key: the one before is good no more.
UPDATE device_key SET floor = @nonce, sealed = next_sealed, next_sealed = NULL, salt = NULL, rotated_at = @at
WHERE device_id = @device_id AND next_sealed = @kept AND floor < @nonce;

-- name: DeviceFloor :one
SELECT floor FROM device_key WHERE device_id = @device_id;
