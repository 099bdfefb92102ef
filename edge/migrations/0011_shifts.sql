-- The shifts slice: views of the facts of tills opened, counted and closed.

-- View: one row a shift; the closing columns are empty while it is open.
CREATE TABLE shifts (
    shift_id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    opened_by BLOB,
    float_minor INTEGER NOT NULL,
    closed_at_ms INTEGER,
    closed_by BLOB,
    z_number INTEGER,
    counted_minor INTEGER,
    expected_minor INTEGER,
    over_short_minor INTEGER,
    reason TEXT
) STRICT, WITHOUT ROWID;
-- Serves the open shift of a register and its last closings.
CREATE INDEX shifts_by_register ON shifts (register, opened_at_ms);

-- View: what the sales of a shift come to. Apart from the shift's own row, so that the order in
-- which facts are folded does not matter.
CREATE TABLE shift_sales (
    shift_id BLOB PRIMARY KEY,
    sales INTEGER NOT NULL,
    sales_minor INTEGER NOT NULL,
    cash_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
