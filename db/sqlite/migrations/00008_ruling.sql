-- A fact that was kept aside is dealt with while one of the decisions about it stands, the teacher's or the office's.

-- +goose Up
CREATE TABLE ruling (
    id      BLOB PRIMARY KEY CHECK (length(id) = 16), -- the fact that says so
    fact_id BLOB NOT NULL CHECK (length(fact_id) = 16), -- what it is about
    sum     TEXT NOT NULL, -- of its body
    back_id BLOB CHECK (length(back_id) = 16) -- the ruling that it takes back
) STRICT, WITHOUT ROWID;
CREATE INDEX ruling_fact ON ruling (fact_id);
CREATE INDEX ruling_back ON ruling (back_id) WHERE back_id IS NOT NULL;

INSERT INTO ruling (id, fact_id, sum, back_id)
SELECT id, unhex(replace(said ->> 'of', '-', '')), said ->> 'sum', unhex(replace(said ->> 'back', '-', ''))
FROM (SELECT id, CAST(body AS TEXT) -> '$.ruling' AS said FROM fact WHERE why <> 'hash_conflict' AND json_valid(CAST(body AS TEXT))
      UNION ALL
      SELECT id, CAST(body AS TEXT) -> '$.ruling' FROM learnt WHERE json_valid(CAST(body AS TEXT)))
WHERE said IS NOT NULL AND true
ON CONFLICT (id) DO NOTHING;

-- +goose Down
DROP TABLE ruling;
