-- Two people can decide about one item without knowing of each other: a teacher at the pendrive, the office here.
-- It is dealt with while one of the decisions stands, in whatever order they and what takes them back arrive.

-- +goose Up
CREATE TABLE ruling (
    id         uuid PRIMARY KEY, -- the fact that says so
    fact_id    uuid NOT NULL, -- what it is about
    sum        text NOT NULL, -- of its body
    resolution text NOT NULL,
    by_id      uuid, -- NULL: it does not say
    note       text NOT NULL,
    back_id    uuid -- the ruling that it takes back
);
CREATE INDEX ruling_fact ON ruling (fact_id);
CREATE INDEX ruling_back ON ruling (back_id) WHERE back_id IS NOT NULL;

INSERT INTO ruling (id, fact_id, sum, resolution, by_id, note, back_id)
SELECT f.id, (r.said ->> 'of')::uuid, r.said ->> 'sum', r.said ->> 'as',
    (r.said ->> 'by')::uuid, coalesce(r.note, ''), (r.said ->> 'back')::uuid
FROM fact f
    CROSS JOIN LATERAL (SELECT convert_from(f.body, 'UTF8')::jsonb AS fact) b
    CROSS JOIN LATERAL (SELECT b.fact -> 'ruling' AS said, CASE WHEN f.kind = 'note' THEN b.fact ->> 'reason' END AS note) r
WHERE position('"ruling"'::bytea IN f.body) > 0 AND r.said IS NOT NULL
  AND EXISTS (SELECT FROM inbox i WHERE i.fact_id = (r.said ->> 'of')::uuid
      AND (i.node_id = f.node_id OR EXISTS (SELECT FROM node n WHERE n.id = f.node_id AND n.kind = 'cloud')));

-- +goose Down
DROP TABLE ruling;
