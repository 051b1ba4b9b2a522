INSERT INTO changes (id, at, place, principal, tool, target, outcome, undoes, record)
SELECT $1, CAST($2 AS BIGINT), $3, $4, $5, $6, $7, $8, $9
WHERE NOT EXISTS (
    SELECT 1 FROM changes
    WHERE undoes = $8 AND (outcome = 'done' OR (outcome = 'unknown' AND at > CAST($10 AS BIGINT)))
)
