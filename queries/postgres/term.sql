-- name: PutTerm :exec
INSERT INTO term (id, name, starts_on, ends_on, archived_at)
VALUES (@id, @name, @starts_on, @ends_on, @archived_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(term.archived_at, excluded.archived_at) END;

-- name: TermForChange :one
SELECT * FROM term WHERE id = @id FOR NO KEY UPDATE;

-- name: TermReferred :one
SELECT EXISTS (SELECT FROM course WHERE term_id = @id)::boolean;

-- name: RemoveTerm :execrows
DELETE FROM term WHERE id = @id;

-- name: ListTerms :many
-- The planner knows @sort and @back when it plans, and folds the other orders away.
SELECT k.* FROM (
    SELECT t.*, (SELECT count(*) FROM course c WHERE c.term_id = t.id AND c.archived_at IS NULL) AS courses,
        (CASE @sort::text WHEN 'name' THEN lower(t.name) WHEN 'start' THEN coalesce(t.starts_on::text, '') ELSE '' END)::text AS key
    FROM term t
    WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN t.archived_at IS NOT NULL ELSE t.archived_at IS NULL END
      AND (NOT @one::boolean OR t.id = @id::uuid)
      AND (cardinality(@words::text[]) = 0 OR lower(t.name) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))))
) k
WHERE NOT @started::boolean OR (NOT @back::boolean AND (k.key, k.id) > (@after_key::text, @after_id::uuid))
   OR (@back::boolean AND (k.key, k.id) < (@after_key::text, @after_id::uuid))
ORDER BY CASE WHEN NOT @back::boolean THEN k.key END, CASE WHEN NOT @back::boolean THEN k.id END,
         CASE WHEN @back::boolean THEN k.key END DESC, CASE WHEN @back::boolean THEN k.id END DESC
LIMIT @most;

-- name: CountTerms :one
SELECT count(*) FROM term t
WHERE CASE @archived::text WHEN 'with' THEN true WHEN 'only' THEN t.archived_at IS NOT NULL ELSE t.archived_at IS NULL END
  AND (cardinality(@words::text[]) = 0 OR lower(t.name) LIKE ALL (ARRAY(SELECT lower(unnest(@words::text[])))));
