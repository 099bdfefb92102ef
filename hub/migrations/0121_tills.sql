-- Views of the money of stores: how tills were counted, and the books of their safes. One row a fact:
-- two lives of a store may each have closed a till.
CREATE TABLE till_closings (
    fact_id BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    shift_id BLOB NOT NULL,
    register INTEGER,
    z_number INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    staff_id BLOB,
    currency TEXT NOT NULL,
    sales INTEGER NOT NULL,
    sales_minor INTEGER NOT NULL,
    expected_minor INTEGER NOT NULL,
    over_short_minor INTEGER NOT NULL,
    reason TEXT,
    -- What was counted beside cash, as JSON.
    others TEXT
) STRICT;
-- Serves the last closings of a store.
CREATE INDEX till_closings_by_time ON till_closings (edge, at_ms);

CREATE TABLE safe_entries (
    fact_id BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    entry TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    change_minor INTEGER NOT NULL,
    expected_minor INTEGER,
    reason TEXT,
    reference TEXT,
    register INTEGER,
    at_ms INTEGER NOT NULL,
    staff_id BLOB
) STRICT;
-- Serves the book of a store's safe.
CREATE INDEX safe_entries_by_time ON safe_entries (edge, at_ms);
