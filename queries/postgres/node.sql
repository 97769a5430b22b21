-- name: CloudNode :one
SELECT id FROM node WHERE kind = 'cloud';

-- name: Node :one
SELECT * FROM node WHERE id = @id;

-- name: NodeByClaim :one
SELECT * FROM node WHERE claim_hash = @claim_hash FOR NO KEY UPDATE;

-- name: Nodes :many
-- A drive exists twice when an older life of its log went on after a newer one had
-- begun. Lives of a drive that was replaced do not count.
SELECT sqlc.embed(n),
    ARRAY(SELECT nc.course_id FROM node_course nc WHERE nc.node_id = n.id ORDER BY nc.course_id)::uuid[] AS course_ids,
    ARRAY(SELECT nt.term_id FROM node_term nt WHERE nt.node_id = n.id ORDER BY nt.term_id)::uuid[] AS term_ids,
    EXISTS (
        SELECT FROM stream older JOIN stream newer ON newer.node_id = older.node_id AND newer.started_at > older.started_at
        WHERE older.node_id = n.id AND older.advanced_at > newer.started_at
          AND older.started_at > n.claimed_at - interval '1 minute')::boolean AS twice
FROM node n
WHERE n.kind = 'edge' AND (NOT @one::boolean OR n.id = @id::uuid)
ORDER BY lower(n.name), n.id;

-- name: NodeForChange :one
SELECT * FROM node WHERE id = @id AND kind = 'edge' FOR NO KEY UPDATE;

-- name: NodeNamed :one
SELECT * FROM node WHERE kind = 'edge' AND lower(name) = lower(@name) AND revoked_at IS NULL FOR NO KEY UPDATE;

-- name: PutNode :exec
INSERT INTO node (id, kind, name, expires_at) VALUES (@id, 'edge', @name, @expires_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, expires_at = excluded.expires_at;

-- name: OfferClaim :execrows
-- A new code for a pendrive: whoever holds the old key is out, but for handing in.
WITH former AS (
    INSERT INTO node_former (key_hash, node_id)
    SELECT n.key_hash, n.id FROM node n WHERE n.id = @id AND n.kind = 'edge' AND n.key_hash IS NOT NULL
    ON CONFLICT DO NOTHING
)
UPDATE node SET claim_hash = @claim_hash, claim_expires_at = @claim_expires_at, key_hash = NULL, claimed_at = NULL, revoked_at = NULL
WHERE node.id = @id AND node.kind = 'edge';

-- name: FormerKey :one
SELECT EXISTS (SELECT FROM node_former WHERE key_hash = @key_hash AND node_id = @node_id)::boolean;

-- name: ClaimNode :exec
UPDATE node SET key_hash = @key_hash, claimed_at = @claimed_at, last_seen_at = @claimed_at, version = @version WHERE id = @id;

-- name: RevokeNode :execrows
UPDATE node SET revoked_at = coalesce(revoked_at, @revoked_at) WHERE id = @id AND kind = 'edge';

-- name: HearNode :exec
-- A drive called. The office asks which day, not which second; what changed is
-- noted at once. What was not said stays.
UPDATE node SET last_seen_at = @at, waiting = coalesce(sqlc.narg(waiting)::int, waiting),
    ahead_ms = coalesce(sqlc.narg(ahead_ms)::bigint, ahead_ms), version = coalesce(nullif(@version::text, ''), version)
WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at < @before OR waiting <> sqlc.narg(waiting)::int
    OR version <> nullif(@version::text, '') OR abs(ahead_ms - sqlc.narg(ahead_ms)::bigint) > 2000);

-- name: Entitled :many
SELECT c.id FROM course c JOIN node n ON n.id = @node_id
WHERE n.all_courses
   OR EXISTS (SELECT FROM node_course nc WHERE nc.node_id = n.id AND nc.course_id = c.id)
   OR EXISTS (SELECT FROM node_term nt WHERE nt.node_id = n.id AND nt.term_id = c.term_id)
ORDER BY c.id;

-- name: SetNodeScope :execrows
UPDATE node SET all_courses = @all_courses WHERE id = @id;

-- name: DropNodeCourses :exec
DELETE FROM node_course WHERE node_id = @node_id AND course_id <> ALL (coalesce(@course_ids::uuid[], '{}'));

-- name: AddNodeCourses :exec
INSERT INTO node_course (node_id, course_id) SELECT @node_id, unnest(@course_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: DropNodeTerms :exec
DELETE FROM node_term WHERE node_id = @node_id AND term_id <> ALL (coalesce(@term_ids::uuid[], '{}'));

-- name: AddNodeTerms :exec
INSERT INTO node_term (node_id, term_id) SELECT @node_id, unnest(@term_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: Rescope :exec
UPDATE node SET scope_rev = @rev WHERE id = ANY(@ids::uuid[]);

-- name: NodesOfCourse :many
SELECT nc.node_id FROM node_course nc WHERE nc.course_id = @course_id
UNION
SELECT nt.node_id FROM node_term nt JOIN course c ON c.term_id = nt.term_id WHERE c.id = @course_id
ORDER BY node_id;

-- name: NodesMoved :many
-- Those that hold a course by its term, when it goes into another: rows that were
-- told long ago are new to some of them, and gone for others.
SELECT DISTINCT nt.node_id FROM course c JOIN node_term nt ON nt.term_id IN (c.term_id, @term_id::uuid)
WHERE c.id = @course_id AND c.term_id IS DISTINCT FROM @term_id::uuid
ORDER BY nt.node_id;
