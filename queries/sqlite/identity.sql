-- name: Identity :one
SELECT * FROM identity
WHERE one = 1;

-- name: CreateIdentity :exec
INSERT INTO identity (one, key, incarnation_id)
VALUES (1, @key, @incarnation_id)
ON CONFLICT (one) DO NOTHING;

-- name: Claim :exec
UPDATE identity SET node_id = @node_id, name = @name, institution = @institution, cloud_url = @cloud_url
WHERE one = 1;

-- name: SetAcked :exec
UPDATE identity SET acked_seq = @acked_seq, acked_hash = @acked_hash
WHERE one = 1;

-- name: SetSynced :exec
UPDATE identity SET synced_ms = @synced_ms
WHERE one = 1;

-- name: SetIncarnation :exec
UPDATE identity SET incarnation_id = @incarnation_id, base_seq = @base_seq, acked_seq = @base_seq, acked_hash = @acked_hash
WHERE one = 1;

-- name: SetFeed :exec
UPDATE identity SET generation_id = @generation_id, rev = @rev, digest = @digest
WHERE one = 1;

-- name: SetFactsCursor :exec
UPDATE identity SET facts_cursor = @facts_cursor
WHERE one = 1;

-- The register is made again, and is whose the journal says.
-- name: AdoptIdentity :exec
UPDATE identity SET key = @key, node_id = @node_id, name = @name, institution = @institution, cloud_url = @cloud_url
WHERE one = 1;

-- name: SetPruned :exec
UPDATE identity SET pruned_seq = @pruned_seq
WHERE one = 1;

-- name: SetVolume :exec
UPDATE identity SET volume = @volume
WHERE one = 1;
