-- name: PutTerm :exec
INSERT INTO term (id, name, starts_on, ends_on, archived_at)
VALUES (@id, @name, @starts_on, @ends_on, @archived_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    archived_at = CASE WHEN excluded.archived_at IS NOT NULL THEN coalesce(term.archived_at, excluded.archived_at) END;
