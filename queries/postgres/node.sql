-- name: CloudNode :one
SELECT id FROM node WHERE kind = 'cloud';

-- name: Node :one
SELECT * FROM node WHERE id = @id;

-- name: NodeByClaim :one
SELECT * FROM node WHERE claim_hash = @claim_hash FOR NO KEY UPDATE;

-- name: Nodes :many
SELECT * FROM node WHERE kind = 'edge' ORDER BY name, id;

-- name: AddNode :exec
INSERT INTO node (id, kind, name, claim_hash, claim_expires_at) VALUES (@id, 'edge', @name, @claim_hash, @claim_expires_at);

-- name: OfferClaim :execrows
-- A new code for a pendrive: whoever holds the old key is out.
UPDATE node SET claim_hash = @claim_hash, claim_expires_at = @claim_expires_at, key_hash = NULL, claimed_at = NULL, revoked_at = NULL
WHERE id = @id AND kind = 'edge';

-- name: ClaimNode :exec
UPDATE node SET key_hash = @key_hash, claimed_at = @claimed_at, last_seen_at = @claimed_at, version = @version WHERE id = @id;

-- name: RevokeNode :execrows
UPDATE node SET revoked_at = coalesce(revoked_at, @revoked_at) WHERE id = @id AND kind = 'edge';

-- name: SeeNode :exec
UPDATE node SET last_seen_at = @at WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at < @before);

-- name: Entitled :many
SELECT c.id FROM course c JOIN node n ON n.id = @node_id
WHERE n.all_courses OR EXISTS (SELECT FROM node_course nc WHERE nc.node_id = n.id AND nc.course_id = c.id)
ORDER BY c.id;

-- name: SetNodeScope :execrows
UPDATE node SET all_courses = @all_courses WHERE id = @id;

-- name: ClearNodeCourses :exec
DELETE FROM node_course WHERE node_id = @node_id;

-- name: AddNodeCourses :exec
INSERT INTO node_course (node_id, course_id) SELECT @node_id, unnest(@course_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: Rescope :exec
UPDATE node SET scope_rev = @rev WHERE id = ANY(@ids::uuid[]);

-- name: NodesOfCourse :many
SELECT node_id FROM node_course WHERE course_id = @course_id ORDER BY node_id;

-- name: NodeByName :one
SELECT * FROM node WHERE kind = 'edge' AND name = @name AND revoked_at IS NULL ORDER BY created_at LIMIT 1;

-- name: CourseIDs :many
SELECT id FROM course WHERE lower(code) = ANY(@codes::text[]) AND archived_at IS NULL ORDER BY id;
