CREATE TABLE IF NOT EXISTS changes (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    place TEXT NOT NULL,
    principal TEXT NOT NULL,
    tool TEXT NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    undoes TEXT,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS changes_at ON changes (at);
CREATE INDEX IF NOT EXISTS changes_undoes ON changes (undoes);
