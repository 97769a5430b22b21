-- name: Devices :many
SELECT * FROM device
ORDER BY name, id;

-- name: Device :one
SELECT * FROM device
WHERE id = @id;

-- name: PutDevice :exec
INSERT INTO device (
    id, name, room, course_id, legacy, revoked_ms,
    mac, address, told_id, settled, served_id, seen_ms, battery, signal, queue, synced, firmware, oldest_s, capacity, templates, map_version, clock_ms
) VALUES (
    @id, @name, @room, @course_id, @legacy, @revoked_ms,
    @mac, @address, @told_id, @settled, @served_id, @seen_ms, @battery, @signal, @queue, @synced, @firmware, @oldest_s, @capacity, @templates, @map_version, @clock_ms
)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, room = excluded.room, course_id = excluded.course_id, legacy = excluded.legacy, revoked_ms = excluded.revoked_ms,
    mac = excluded.mac, address = excluded.address, told_id = excluded.told_id, settled = excluded.settled, served_id = excluded.served_id,
    seen_ms = excluded.seen_ms, battery = excluded.battery, signal = excluded.signal, queue = excluded.queue, synced = excluded.synced,
    firmware = excluded.firmware, oldest_s = excluded.oldest_s, capacity = excluded.capacity, templates = excluded.templates, map_version = excluded.map_version, clock_ms = excluded.clock_ms;

-- What a scanner says; the rest is the office's.
-- name: NoteDevice :exec
UPDATE device SET
    mac = @mac, address = @address, told_id = @told_id, settled = @settled, served_id = @served_id,
    seen_ms = @seen_ms, battery = @battery, signal = @signal, queue = @queue, synced = @synced,
    firmware = @firmware, oldest_s = @oldest_s, capacity = @capacity, templates = @templates, map_version = @map_version, clock_ms = @clock_ms
WHERE id = @id;
