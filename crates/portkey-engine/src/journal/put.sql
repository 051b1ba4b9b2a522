INSERT INTO changes (id, at, place, principal, tool, target, outcome, undoes, record)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, record = excluded.record
