-- View: business days that stores sealed, each with its whole fact.
CREATE TABLE sealed_days (
    edge INTEGER NOT NULL,
    run INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    seal BLOB NOT NULL,
    -- The record the seal stands in.
    seq INTEGER NOT NULL,
    fact BLOB NOT NULL,
    PRIMARY KEY (edge, run, business_date)
) STRICT, WITHOUT ROWID;

-- View: the seals this hub countersigned.
CREATE TABLE countersigned_days (
    seal BLOB NOT NULL PRIMARY KEY,
    business_date INTEGER NOT NULL,
    countersigned_at_ms INTEGER NOT NULL
) STRICT;

-- View: what came for a day after it was over, and the day it counts for instead.
CREATE TABLE late_facts (
    edge INTEGER NOT NULL,
    late_for INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    facts INTEGER NOT NULL,
    PRIMARY KEY (edge, late_for, business_date, kind)
) STRICT, WITHOUT ROWID;

-- What the hub last found when it compared a seal that it could not countersign. No view: the next
-- comparison writes it anew.
CREATE TABLE day_checks (
    seal BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    checked_at_ms INTEGER NOT NULL,
    -- What the comparison stood on: it is made again when that changed.
    mark TEXT NOT NULL,
    differences INTEGER NOT NULL,
    -- The first difference, as a sentence.
    first TEXT NOT NULL
) STRICT;

-- Serves the receipts of a store's day.
CREATE INDEX sales_by_day ON sales (edge, business_date);
-- Serves what was on hand when a day was sealed: the movements since are taken back.
CREATE INDEX stock_movements_by_time ON stock_movements (edge, hlc);
