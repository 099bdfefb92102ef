-- Views of a shift: what cash was rounded by, and foreign cash by its currency.
ALTER TABLE shift_sales ADD COLUMN rounding_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shift_returns ADD COLUMN rounding_minor INTEGER NOT NULL DEFAULT 0;

CREATE TABLE shift_tenders_next (
    shift_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    -- The currency of foreign cash, else nothing.
    currency TEXT NOT NULL DEFAULT '',
    payments INTEGER NOT NULL,
    taken_minor INTEGER NOT NULL,
    refunds INTEGER NOT NULL,
    back_minor INTEGER NOT NULL,
    -- What there is to count of it where that is not what was taken: foreign cash in its own minor
    -- units, what vouchers say they are worth.
    counts_minor INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shift_id, kind, currency)
) STRICT, WITHOUT ROWID;
INSERT INTO shift_tenders_next (shift_id, kind, payments, taken_minor, refunds, back_minor)
    SELECT shift_id, kind, payments, taken_minor, refunds, back_minor FROM shift_tenders;
DROP TABLE shift_tenders;
ALTER TABLE shift_tenders_next RENAME TO shift_tenders;

-- View: who worked the drawer of a shift after whom.
CREATE TABLE shift_cashiers (
    fact_id BLOB PRIMARY KEY,
    shift_id BLOB NOT NULL,
    staff_id BLOB,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves who works a drawer now.
CREATE INDEX shift_cashiers_by_shift ON shift_cashiers (shift_id, at_ms);

-- View: what each person sold and gave back in a shift.
CREATE TABLE shift_staff (
    shift_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    sales INTEGER NOT NULL,
    sales_minor INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    returned_minor INTEGER NOT NULL,
    -- The cash of the store's currency that stayed, less what went back.
    cash_minor INTEGER NOT NULL,
    PRIMARY KEY (shift_id, staff_id)
) STRICT, WITHOUT ROWID;
