-- Cash that moved outside sales, and what a Z says beside its count.

-- View: one row for each time cash went in or out of a drawer, and for each no-sale, whose amount
-- is nothing.
CREATE TABLE cash_movements (
    fact_id BLOB PRIMARY KEY,
    shift_id BLOB NOT NULL,
    movement TEXT NOT NULL CHECK (movement IN ('paid_in', 'paid_out', 'dropped', 'no_sale')),
    amount_minor INTEGER NOT NULL,
    reason TEXT,
    reference TEXT,
    at_ms INTEGER NOT NULL,
    staff_id BLOB,
    approved_by BLOB
) STRICT, WITHOUT ROWID;
-- Serves the sums and the list of a shift.
CREATE INDEX cash_movements_by_shift ON cash_movements (shift_id, at_ms);

-- View: the tax in the sales of a shift, by rate in thousandths of a percent.
CREATE TABLE shift_taxes (
    shift_id BLOB NOT NULL,
    rate INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    PRIMARY KEY (shift_id, rate)
) STRICT, WITHOUT ROWID;

-- View: the closing of each shift as a fact, for its Z to be printed again, and how often it was.
CREATE TABLE z_reports (
    shift_id BLOB PRIMARY KEY,
    fact BLOB,
    copies INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
