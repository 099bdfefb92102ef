-- View: the book of the manager's safe, one row for each time cash went in or out or it was counted.
CREATE TABLE safe_entries (
    fact_id BLOB PRIMARY KEY,
    entry TEXT NOT NULL
        CHECK (entry IN ('dropped', 'float_out', 'float_back', 'banked', 'counted')),
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    -- By how much the book changes: a count changes it by what it found over or short.
    change_minor INTEGER NOT NULL,
    expected_minor INTEGER,
    reason TEXT,
    reference TEXT,
    register INTEGER,
    staff_id BLOB,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the list of the last entries.
CREATE INDEX safe_entries_by_time ON safe_entries (at_ms);
