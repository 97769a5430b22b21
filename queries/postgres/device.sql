-- name: Devices :many
SELECT * FROM device ORDER BY name, id;

-- name: PutDevice :exec
INSERT INTO device (id, name, mac, address, room, course_id, legacy, told_id, settled, served_id, seen_at, battery, signal, queue, synced)
VALUES (@id, @name, @mac, @address, @room, @course_id, @legacy, @told_id, @settled, @served_id, @seen_at, @battery, @signal, @queue, @synced)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, mac = excluded.mac, address = excluded.address, room = excluded.room,
    course_id = excluded.course_id, legacy = excluded.legacy, told_id = excluded.told_id, settled = excluded.settled, served_id = excluded.served_id,
    seen_at = excluded.seen_at, battery = excluded.battery, signal = excluded.signal, queue = excluded.queue,
    synced = excluded.synced;
