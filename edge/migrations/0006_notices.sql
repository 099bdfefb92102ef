-- What the regional team tells everybody in the store: a view of the hub's facts.
CREATE TABLE notices (
    fact_id BLOB PRIMARY KEY,
    text TEXT NOT NULL,
    posted_at_ms INTEGER NOT NULL,
    -- Nothing means until the end of its business date.
    until_ms INTEGER,
    business_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the notices to show now.
CREATE INDEX notices_by_time ON notices (posted_at_ms);
