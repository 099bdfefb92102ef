-- The days slice: business days this store sealed, and what the hub said of them.

-- View: one row a seal.
CREATE TABLE sealed_days (
    seal BLOB PRIMARY KEY,
    business_date INTEGER NOT NULL,
    sealed_at_ms INTEGER NOT NULL,
    facts INTEGER NOT NULL,
    receipts INTEGER NOT NULL,
    -- The day in its first currency, if it sold anything.
    currency TEXT,
    total_minor INTEGER NOT NULL,
    open_tills INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the list of days, newest first.
CREATE INDEX sealed_days_by_date ON sealed_days (business_date);

-- View: the seals the hub countersigned.
CREATE TABLE countersigned_days (
    seal BLOB PRIMARY KEY,
    countersigned_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
