-- name: AddTraffic :many
-- In order, so that two replicas never wait for each other in a circle.
INSERT INTO traffic (key, window_at, requests)
SELECT said.key, said.window_at, said.requests FROM (
    SELECT unnest(@keys::bytea[]) AS key, unnest(@windows::timestamptz[]) AS window_at, unnest(@requests::bigint[]) AS requests
) said ORDER BY 1, 2
ON CONFLICT (key, window_at) DO UPDATE SET requests = traffic.requests + excluded.requests
RETURNING key, window_at, requests;

-- name: ForgetTraffic :exec
DELETE FROM traffic WHERE window_at < @before;
